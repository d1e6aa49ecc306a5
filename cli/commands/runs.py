"""Lists training runs, newest first."""

from argparse import ArgumentParser, Namespace

from cli.place import place_for
from cli.runs import list_runs
from cli.show import document, metrics, note, table, wants_json


def add_arguments(parser: ArgumentParser) -> None:
    """All use cases, or one."""
    parser.add_argument("usecase", nargs="?", metavar="USECASE", help="only the runs of this use case")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many at most (20)")


def run(arguments: Namespace) -> int:
    """Print the runs."""
    found = list_runs(place_for(arguments), arguments.usecase, arguments.limit)
    if wants_json(arguments):
        document([each.document for each in found])
        return 0
    if not found:
        note("there are no runs yet; `./dropforge drop USECASE FILE` starts one")
        return 0
    rows = [
        (
            each.run,
            each.status,
            each.started,
            each.version,
            metrics(each.metrics),
            ", ".join(f"{name}={value}" for name, value in each.settings.items()) or None,
            each.reason,
        )
        for each in found
    ]
    table(("run", "status", "started", "version", "metrics", "set", "reason"), rows)
    return 0
