"""Says how a version (a number or `latest`) or a run was evaluated, and where the page about it lies.

--save writes that page to a file, to be opened in any browser; with --data the page about the dropped data.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cli.files import write
from cli.show import document, note, wants_json
from cli.target import stack_for
from dropforge.operations.reports import Report, find_report, read_page


def add_arguments(parser: ArgumentParser) -> None:
    """Of what, and what to do with the page."""
    parser.add_argument("usecase", metavar="USECASE")
    parser.add_argument("version", metavar="VERSION", nargs="?", default="latest", help="or a run (latest)")
    parser.add_argument("--data", action="store_true", help="the page about the data instead")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the page to a file")


def run(arguments: Namespace) -> int:
    """Print the verdict; save the page if asked."""
    stack = stack_for(arguments)
    report = find_report(stack, arguments.usecase, arguments.version)
    page = report.data_quality if arguments.data else report.page
    if arguments.save:
        write(arguments.save, read_page(stack, page))
        note(f"saved {arguments.save}")
    if wants_json(arguments):
        document(report)
    else:
        _print(report, page)
    return 0


def _print(report: Report, page: str) -> None:
    """The address of a page that was never written would lead nowhere."""
    named = f"{report.usecase} version {report.version}" if report.version else f"run {report.run}"
    passed = {True: "passed its gate", False: "did not pass its gate", None: "did not reach its gate"}[
        report.passed
    ]
    print(f"{named} {passed}{f': {report.verdict}' if report.verdict else ''}")
    if report.passed is not None or page == report.data_quality:
        print(page)
    else:
        note(f"`./dropforge runs {report.usecase}` says how it ended; --data is about its data")
