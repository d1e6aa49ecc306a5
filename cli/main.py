"""Finds the command, runs it and turns what escapes from it into an exit status.

The table is the whole interface: a name, a line of help and, by the name, a module in cli/commands. Only that
module is imported, so help needs no AWS library. The cost is a module to open for a command's arguments.
"""

import argparse
import os
import sys
import traceback
from importlib import import_module
from typing import NoReturn

from cli.errors import CommandError, UserError

COMMANDS = {
    "up": "start the local cloud and deploy the application to it",
    "down": "stop the local cloud",
    "status": "say what is running",
    "env": "print the exports that point any AWS tool at the local cloud",
    "demo": "run the whole loop on the local cloud and verify each step",
    "test": "run every check and test",
    "init": "write a first contract from a data file",
    "check": "check a data file against a contract without training",
    "publish": "publish contracts",
    "drop": "drop a data file, which trains a model",
    "runs": "list training runs, newest first",
    "models": "list the versions of a use case's model",
    "report": "say how a version was evaluated, and fetch the page about it",
    "approve": "approve a version, which deploys it",
    "reject": "reject a version",
    "endpoints": "list what is served",
    "predict": "ask the live model",
    "invoke": "run a function on the local cloud as Lambda would",
    "logs": "show the logs of functions, runs and endpoints",
    "doctor": "check this machine and the cloud, and say how to fix what is wrong",
}
DEVELOPER_COMMANDS = {
    "lock": "write the requirements files that derive from uv.lock",
    "bench": "measure import times and the shape of the code",
}
HELP = """usage: dropforge [--profile P] [--region R] [--stack S] [--json] COMMAND …

Drop a file in S3; get a model that is trained, gated, approved, guarded and watched.

commands:
{commands}

With --profile, --region or --stack a command works on AWS; with none of these on the running local cloud.
`./dropforge COMMAND --help` says more about a command.
exit status: 0 done; 1 the thing asked for was refused or failed; 2 you can fix this; 3 a fault of Dropforge
"""
REPORT = (
    "this is a fault of Dropforge; please report it with the trace above and what `./dropforge doctor` says"
)
INTERRUPTED = 130
CLOSED_PIPE = 141


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the words in one line, as every other error is said."""

    def error(self, message: str) -> NoReturn:
        """End the command; argparse's own way is the whole usage before the line that counts."""
        raise UserError(f"{message}; `./{self.prog} --help` says what it takes")


def main(words: list[str]) -> int:
    """Run one command; the answer is the process's exit status."""
    try:
        return _run(words)
    except CommandError as problem:
        _complain(str(problem))
        return problem.status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`); writing the rest at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED_PIPE
    except Exception as fault:  # noqa: BLE001 - the last handler there is: a trace for us, a status for the caller
        return _fault(fault)


def _run(words: list[str]) -> int:
    early, rest = _global_options().parse_known_args(_before_command(words))
    words = words[len(_before_command(words)) :]
    if rest:
        raise UserError(f"unknown option {rest[0]}; `./dropforge --help` lists what there is")
    if not words or words[0] in ("-h", "--help", "help"):
        _print_help()
        return 0
    name, *arguments = words
    if name not in COMMANDS and name not in DEVELOPER_COMMANDS:
        raise UserError(f"unknown command {name!r}; `./dropforge --help` lists what there is")
    module = import_module(f"cli.commands.{name}")
    parser = Parser(
        prog=f"dropforge {name}",
        description=(COMMANDS | DEVELOPER_COMMANDS)[name],
        parents=[_global_options()],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=module.__doc__,
    )
    module.add_arguments(parser)
    # Options given before the command stand unless the command's own words say otherwise.
    return int(module.run(parser.parse_args(arguments, early)) or 0)


def _global_options() -> argparse.ArgumentParser:
    parser = Parser(prog="dropforge", add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("where and how")
    group.add_argument("--profile", metavar="NAME", help="the AWS profile to use")
    group.add_argument("--region", metavar="NAME", help="the AWS region to use")
    group.add_argument("--stack", metavar="NAME", help="the stack's name (dropforge)")
    group.add_argument("--json", action="store_true", help="print exactly one JSON document")
    return parser


def _before_command(words: list[str]) -> list[str]:
    """The leading options and their values."""
    count = 0
    while count < len(words) and words[count].startswith("-") and words[count] not in ("-h", "--help"):
        takes_value = words[count] in ("--profile", "--region", "--stack")
        count += 2 if takes_value else 1
    return words[:count]


def _print_help() -> None:
    lines = "\n".join(f"  {name:<10} {line}" for name, line in COMMANDS.items())
    print(HELP.format(commands=lines), end="")


def _complain(sentence: str) -> None:
    print(f"dropforge: {sentence}", file=sys.stderr)


def _fault(fault: Exception) -> int:
    """An operation's errors come with advice, AWS's where they are about access; the rest is ours."""
    explained = _explained(fault)
    if explained is not None:
        _complain(str(explained))
        return explained.status
    traceback.print_exception(fault)
    _complain(REPORT)
    return 3


def _explained(fault: Exception) -> CommandError | None:
    """Told apart by their modules' names, since help needs none of what knows these errors."""
    module = type(fault).__module__
    if module.startswith("dropforge."):
        from cli import advice

        return advice.explain(fault)
    if module.startswith("botocore."):
        from cli import aws_errors

        return aws_errors.explain(fault)
    return None
