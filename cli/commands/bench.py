"""Measures: import times, how long files and functions are, how fast the local cloud and the jobs are."""

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from cli.developer import need_developer_tools
from cli.paths import BUILD
from cli.show import document, note, table, wants_json

if TYPE_CHECKING:
    from benchmarks.figure import Figure


def add_arguments(parser: ArgumentParser) -> None:
    """What to measure."""
    parser.add_argument("what", choices=("imports", "shape", "local", "pipeline"))
    parser.add_argument(
        "--rounds", type=int, default=7, metavar="N", help="how often each import is timed (7)"
    )
    parser.add_argument(
        "--rows", type=int, default=1_000_000, metavar="N", help="rows of the pipeline's drop (1000000)"
    )
    parser.add_argument(
        "--megabytes", type=int, default=1024, metavar="N", help="size of the large object (1024)"
    )


def run(arguments: Namespace) -> int:
    """Measure and print."""
    need_developer_tools()
    return {"imports": imports, "shape": shape, "local": local, "pipeline": pipeline}[arguments.what](
        arguments
    )


def local(arguments: Namespace) -> int:
    """A figure over its limit is an answer of 1."""
    from benchmarks.local import measure

    return _against_limits(measure(BUILD, arguments.megabytes, note), arguments)


def pipeline(arguments: Namespace) -> int:
    """A figure over its limit is an answer of 1."""
    from benchmarks.pipeline import measure

    return _against_limits(measure(arguments.rows, note), arguments)


def _against_limits(found: "list[Figure]", arguments: Namespace) -> int:
    from benchmarks.figure import HEADINGS

    if wants_json(arguments):
        document([each.document for each in found])
    else:
        table(HEADINGS, [each.row for each in found])
    return 0 if all(each.within for each in found) else 1


def imports(arguments: Namespace) -> int:
    """A function over its limit is an answer of 1."""
    from benchmarks.imports import LIMIT_MS, measure

    found = measure(arguments.rounds)
    if wants_json(arguments):
        document([each.document for each in found])
    else:
        table(
            ("import", "ms", "above boto3", f"within {LIMIT_MS:.0f} ms"),
            [
                (e.what, f"{e.milliseconds:.0f}", f"{e.above_boto3:+.0f}", "yes" if e.within else "NO")
                for e in found
            ],
        )
    return 0 if all(each.within for each in found) else 1


def shape(arguments: Namespace) -> int:
    """The figures, the peers' beside them, what is over the budget, and what is rebound at run time."""
    from benchmarks.rebindings import count
    from benchmarks.shape import PEERS, longest, measure

    shapes, long, rebound = measure(), longest(), count()
    if wants_json(arguments):
        packages = [each.document for each in shapes]
        document({"packages": packages, "long": [vars(each) for each in long], "rebindings": rebound})
        return 0
    ours = [
        (s.package, s.files, s.short_files, f"{s.file_median} / {s.file_max}",
         f"{s.function_median} / {s.function_p90} / {s.function_max}")
        for s in shapes
    ]  # fmt: skip
    theirs = [(name, "", "", f"{p[0]} / {p[1]}", f"{p[2]} / {p[3]} / {p[4]}") for name, p in PEERS.items()]
    titles = ("codebase", "files", "under 30 lines", "file lines median / max", "function median / p90 / max")
    table(titles, [*ours, *theirs])
    print(f"\nover the budget: {len(long)}")
    for each in long:
        print(f"  {each.lines:>4}  {each.where}")
    _rebindings(rebound)
    return 0


def _rebindings(found: dict[str, int]) -> None:
    """What the local cloud puts in the place of others' functions, in sum and by name."""
    from benchmarks.rebindings import whose

    print("\nrebindings of the local cloud, as it starts and runs a state machine")
    owners = sorted({whose(name) for name in found})
    for owner in owners:
        times = [found[name] for name in found if whose(name) == owner]
        print(f"  {len(times):>4}  {owner}, {sum(n > 1 for n in times)} of them more than once")
    for name in [name for name in found if whose(name) != "moto"]:
        print(f"        {name}{'' if found[name] == 1 else f', {found[name]} times'}")
