"""`python -m localcloud decisions`: what was asked of the policies, and what they said."""

from __future__ import annotations

import argparse
import collections
import json
import time
from collections.abc import Iterable
from pathlib import Path

from localcloud.iam.records import Decision, as_json, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", default=".localcloud/state", metavar="DIR")
    parser.add_argument("--denied", action="store_true", help="only what was denied")
    parser.add_argument("--action", help="only this action, for example s3:GetObject")
    parser.add_argument("--principal", help="only callers whose ARN contains this")
    parser.add_argument("--limit", type=int, default=100, help="the latest so many (100)")
    parser.add_argument("--json", action="store_true", help="one JSON document a line")


def chosen(options: argparse.Namespace) -> Iterable[Decision]:
    """The decisions asked for, the latest last."""
    matching = (
        decision
        for decision in read(Path(options.state))
        if not (options.denied and decision.allowed)
        and options.action in (None, decision.action)
        and (options.principal or "") in decision.principal
    )
    return collections.deque(matching, maxlen=options.limit)


def show(options: argparse.Namespace) -> int:
    for decision in chosen(options):
        print(json.dumps(as_json(decision)) if options.json else _line(decision))
    return 0


def _line(decision: Decision) -> str:
    moment = time.strftime("%H:%M:%S", time.localtime(decision.at))
    who = decision.principal.rsplit(":", 1)[-1]
    if not decision.allowed:
        return f"{moment} DENIED  {who}: {decision.action} on {decision.resource}, {decision.reason}"
    by = f"{decision.kind} {decision.statement}".strip()
    return f"{moment} allowed {who}: {decision.action} on {decision.resource}, by {by}"
