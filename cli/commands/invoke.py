"""Runs a function as Lambda would and prints its answer; what it logged goes to standard error.

FUNCTION is its logical id (StartTraining), its folder (start_training) or its deployed name.
"""

import base64
import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from cli.errors import Refused, UserError
from cli.files import read_bytes
from cli.show import document, note, wants_json
from cli.target import stack_for
from dropforge.operations.stack import Stack


def add_arguments(parser: ArgumentParser) -> None:
    """The function and its event."""
    parser.add_argument("function", metavar="FUNCTION")
    parser.add_argument("event", type=Path, metavar="EVENT.json", help="the event, or - for stdin")


def run(arguments: Namespace) -> int:
    """Invoke and print; a function that raised is an answer of 1."""
    stack = stack_for(arguments)
    answer = invoke(stack, stack.function(arguments.function), read_event(arguments.event))
    if wants_json(arguments):
        document(answer)
    else:
        print(json.dumps(answer["answer"], ensure_ascii=False))
    if answer["error"]:
        failure = answer["answer"] if isinstance(answer["answer"], dict) else {}
        kind, message = failure.get("errorType", answer["error"]), failure.get("errorMessage", "")
        raise Refused(f"{arguments.function} raised {kind}: {message}")
    return 0


def read_event(path: Path) -> bytes:
    """The event, which has to be JSON."""
    body = read_bytes(path)
    try:
        json.loads(body)
    except ValueError as fault:
        raise UserError(f"{path} is not JSON: {fault}") from None
    return body


def invoke(stack: Stack, function: str, event: bytes) -> dict[str, Any]:
    """The function's answer and, where it raised, which kind of error Lambda calls it."""
    found = stack.client("lambda").invoke(FunctionName=function, Payload=event, LogType="Tail")
    tail = base64.b64decode(found.get("LogResult", "")).decode(errors="replace").rstrip()
    if tail:
        note(tail)
    sys.stderr.flush()
    payload = found["Payload"].read()
    return {
        "function": function,
        "error": found.get("FunctionError"),
        "answer": json.loads(payload) if payload else None,
    }
