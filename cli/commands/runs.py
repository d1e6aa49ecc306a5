"""Lists training runs, newest first."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from cli.show import document, metrics, note, table, wants_json
from cli.target import stack_for
from dropforge.operations.runs import list_runs


def add_arguments(parser: ArgumentParser) -> None:
    """All use cases, or one."""
    parser.add_argument("usecase", nargs="?", metavar="USECASE", help="only the runs of this use case")
    parser.add_argument("--limit", type=at_least_one, default=20, metavar="N", help="how many at most (20)")


def run(arguments: Namespace) -> int:
    """Print the runs."""
    found = list_runs(stack_for(arguments), arguments.usecase, arguments.limit)
    if wants_json(arguments):
        document(found)
        return 0
    if not found:
        whose = f" of {arguments.usecase}" if arguments.usecase else ""
        note(f"there are no runs{whose} yet; `./dropforge drop USECASE FILE` starts one")
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


def at_least_one(text: str) -> int:
    """A whole number that there can be of something."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)
