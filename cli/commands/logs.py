"""Shows logs: of one function, of a run's jobs, of an endpoint, or of all functions."""

from argparse import ArgumentParser, Namespace

from cli.errors import UserError
from cli.logs import Source, follow, show, sources_for
from cli.show import wants_json
from cli.target import stack_for


def add_arguments(parser: ArgumentParser) -> None:
    """Whose logs, from when."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--function", metavar="NAME", help="a function, by any of its names")
    which.add_argument("--run", metavar="RUN", dest="run_id", help="the jobs of a run")
    which.add_argument("--endpoint", metavar="USECASE", help="a use case's endpoint")
    parser.add_argument("--minutes", type=float, default=60, metavar="N", help="how far back (60)")
    parser.add_argument("--follow", action="store_true", help="go on as new lines come")


def run(arguments: Namespace) -> int:
    """Print the lines in the order of their times."""
    if arguments.follow and wants_json(arguments):
        raise UserError("--follow has no end and --json is one document; leave one of them out")
    stack = stack_for(arguments)
    sources: list[Source] = sources_for(stack, arguments.function, arguments.run_id, arguments.endpoint)
    last = show(stack, sources, arguments.minutes, as_json=wants_json(arguments))
    if arguments.follow:
        follow(stack, sources, last)
    return 0
