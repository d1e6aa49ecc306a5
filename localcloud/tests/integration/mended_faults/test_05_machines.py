"""Fault 5: time limits, a pause before each execution, ResultWriter, and what is accepted as a definition."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from localcloud.tests.integration.mended_faults.endpoints import ROLE, ended, seen_here_only, started

if TYPE_CHECKING:
    from localcloud.tests.integration.mended_faults.endpoints import Endpoint


def test_a_machine_is_held_to_its_time_limit(plain: Endpoint, cloud: Endpoint) -> None:
    """TimeoutSeconds of the whole definition, which a Wait of a minute cannot keep."""

    def body(endpoint: Endpoint) -> bool:
        states = {"Wait": {"Type": "Wait", "Seconds": 60, "End": True}}
        arn = started(endpoint, {"StartAt": "Wait", "TimeoutSeconds": 1, "States": states})
        return status_within(endpoint, arn, 3) == "TIMED_OUT"

    seen_here_only(body, plain, cloud)


def status_within(endpoint: Endpoint, arn: str, seconds: float) -> str:
    """How the execution has ended; one that has not is stopped."""
    states, deadline = endpoint.client("stepfunctions"), time.monotonic() + seconds
    while (status := str(states.describe_execution(executionArn=arn)["status"])) == "RUNNING":
        if time.monotonic() > deadline:
            states.stop_execution(executionArn=arn)
            break
        time.sleep(0.05)
    return status


def test_a_distributed_map_writes_its_results(plain: Endpoint, cloud: Endpoint) -> None:
    """ResultWriter: a manifest and the children's results lie in the bucket."""

    def body(endpoint: Endpoint) -> bool:
        s3 = endpoint.client("s3")
        s3.create_bucket(Bucket="harvest")
        item = {"StartAt": "Cow", "States": {"Cow": {"Type": "Pass", "End": True}}}
        each = {
            "Type": "Map",
            "ItemsPath": "$.cows",
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}} | item,
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "harvest", "Prefix": "milk"},
            },
            "End": True,
        }
        given = json.dumps({"cows": [1, 2]})
        run = ended(endpoint, started(endpoint, {"StartAt": "Each", "States": {"Each": each}}, given))
        listed = s3.list_objects_v2(Bucket="harvest", Prefix="milk/").get("Contents", [])
        names = {entry["Key"].rpartition("/")[2] for entry in listed}
        return run["status"] == "SUCCEEDED" and {"manifest.json", "SUCCEEDED_0.json"} <= names

    seen_here_only(body, plain, cloud)


BROKEN = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}})


def test_a_validation_finds_what_cannot_run(plain: Endpoint, cloud: Endpoint) -> None:
    """ValidateStateMachineDefinition of a state that leads nowhere."""

    def body(endpoint: Endpoint) -> bool:
        said = endpoint.client("stepfunctions").validate_state_machine_definition(definition=BROKEN)
        return said["result"] == "FAIL" and bool(said["diagnostics"])

    seen_here_only(body, plain, cloud)


def test_a_definition_that_cannot_run_is_refused(plain: Endpoint, cloud: Endpoint) -> None:
    """A state that leads nowhere."""

    def body(endpoint: Endpoint) -> bool:
        try:
            endpoint.client("stepfunctions").create_state_machine(
                name="broken", definition=BROKEN, roleArn=ROLE
            )
        except ClientError as error:
            return error.response["Error"]["Code"] == "InvalidDefinition"
        return False

    seen_here_only(body, plain, cloud)


def test_an_execution_begins_at_once(plain: Endpoint, cloud: Endpoint) -> None:
    """No fixed pause before the first state. The least of some, because the machine may be busy."""

    def body(endpoint: Endpoint) -> bool:
        definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
        runs = [ended(endpoint, started(endpoint, definition)) for _ in range(12)]
        return min((run["stopDate"] - run["startDate"]).total_seconds() for run in runs) < 0.1

    seen_here_only(body, plain, cloud)
