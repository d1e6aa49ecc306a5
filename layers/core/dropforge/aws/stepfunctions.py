"""State machines and their executions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dropforge.aws.clients import client, code_of
from dropforge.domain.events import json_object
from dropforge.ports import Documents

if TYPE_CHECKING:
    from collections.abc import Mapping


class StateMachine:
    def __init__(self, arn: str) -> None:
        self._arn = arn

    def start(self, name: str, document: Mapping[str, object]) -> None:
        """To AWS the same name and input is the same execution while it runs; once it ended, it "exists"."""
        from botocore.exceptions import ClientError

        try:
            client("stepfunctions").start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps(document, ensure_ascii=False)
            )
        except ClientError as fault:
            if code_of(fault) != "ExecutionAlreadyExists":
                raise


class StateMachineExecutions:
    def documents(self, execution_arn: str) -> Documents:
        found = client("stepfunctions").describe_execution(executionArn=execution_arn)
        return Documents(input=json_object(found.get("input")), output=json_object(found.get("output")))
