"""Prints what points other tools at the local cloud.

eval "$(./dropforge env)"                for the AWS CLI, boto3, Terraform …
./dropforge env --sam > env.json         for `sam local invoke --env-vars env.json`
"""

import shlex
from argparse import ArgumentParser, Namespace
from typing import Any

from cli import local
from cli.show import document, wants_json
from cli.target import Target
from dropforge.operations.stack import Stack


def add_arguments(parser: ArgumentParser) -> None:
    """`--sam` asks for the other form."""
    parser.add_argument("--sam", action="store_true", help="print the env-vars file for `sam local invoke`")


def run(arguments: Namespace) -> int:
    """Print exports, or one JSON document."""
    cloud = local.required()
    stack = Target(cloud.stack, cloud=cloud).stack
    if arguments.sam:
        document(function_environments(stack))
    elif wants_json(arguments):
        document(exports(stack))
    else:
        print("\n".join(export_lines(exports(stack))))
        # Credentials of a real account must not travel with these.
        print("unset AWS_SESSION_TOKEN AWS_PROFILE")
    return 0


def export_lines(variables: dict[str, str]) -> list[str]:
    """Lines for a shell to evaluate, whatever the values hold."""
    return [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]


def exports(stack: Stack) -> dict[str, str]:
    """The variables, with the data bucket's name for commands typed by hand."""
    cloud = local.required()
    return cloud.environment | {"DROPFORGE_BUCKET": stack.bucket}


def function_environments(stack: Stack) -> dict[str, dict[str, Any]]:
    """Each function's variables as deployed: SAM fills a template's references with nothing of use."""
    functions = stack.client("lambda")
    return {
        logical: functions.get_function_configuration(FunctionName=physical)
        .get("Environment", {})
        .get("Variables", {})
        for logical, physical in sorted(stack.functions.items())
    }
