"""What a Map Run leaves: the state's result, and with a ResultWriter the files in S3 that AWS documents."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.services.states.interpreter.faults import failure
from localcloud.services.states.interpreter.history import to_json
from localcloud.services.states.interpreter.seam import HistoryEventType
from localcloud.services.states.interpreter.services import client_of

_FAILED = "States.ResultWriterFailed"
_STATUSES = ("FAILED", "PENDING", "SUCCEEDED")


def shape(children: list[Any], config: dict[str, Any], default: str) -> list[Any]:
    """The children's results: as records (NONE), as outputs (COMPACT), or as outputs with arrays opened
    (FLATTEN).
    """
    transformation = config.get("Transformation", default)
    if transformation == "NONE":
        return [record(child) for child in children]
    outputs = [child.output for child in children]
    if transformation == "COMPACT":
        return outputs
    return [item for output in outputs for item in (output if isinstance(output, list) else [output])]


def record(child: Any) -> dict[str, Any]:
    """One execution as a result file holds it; its input and output are JSON in strings."""
    found: dict[str, Any] = {
        "ExecutionArn": child.arn, "Input": to_json(child.input), "InputDetails": {"Included": True},
        "Name": child.name,
    }  # fmt: skip
    if child.status == "SUCCEEDED":
        found |= {"Output": to_json(child.output), "OutputDetails": {"Included": True}}
    else:
        found |= {"Error": child.error, "Cause": child.cause}
    redrivable = child.status not in ("SUCCEEDED", "PENDING")
    found |= {
        "RedriveCount": 0, "RedriveStatus": "REDRIVABLE_BY_MAP_RUN" if redrivable else "NOT_REDRIVABLE",
        "StartDate": child.started, "StateMachineArn": child.machine_arn, "Status": child.status,
        "StopDate": child.stopped,
    }  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


def write(writer: Any, config: dict[str, Any], run: Any, env: Any) -> dict[str, Any]:
    """Put the results and their manifest into S3; the state's result says where."""
    writer.parargs.eval(env=env)
    where = env.stack.pop()
    bucket, prefix = where.get("Bucket"), str(where.get("Prefix") or "").strip("/")
    folder = f"{prefix}/{run.run_id}" if prefix else run.run_id
    try:
        s3 = client_of(env.aws_execution_details.role_arn, "s3")
        manifest = {
            "DestinationBucket": bucket,
            "MapRunArn": run.arn,
            "ResultFiles": {status: _file(s3, bucket, folder, status, run, config) for status in _STATUSES},
        }
        key = f"{folder}/manifest.json"
        s3.put_object(Bucket=bucket, Key=key, Body=to_json(manifest).encode(), ContentType="application/json")
    except (ClientError, BotoCoreError) as error:
        raise failure(
            env, _FAILED, str(error), event=HistoryEventType.MapRunFailed, details="mapRunFailedEventDetails"
        ) from error
    return {"MapRunArn": run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}


def _file(
    s3: Any, bucket: Any, folder: str, status: str, run: Any, config: dict[str, Any]
) -> list[dict[str, Any]]:
    children = [
        child
        for child in run.children
        if child.status == status or (status == "FAILED" and child.status in ("TIMED_OUT", "ABORTED"))
    ]
    if not children:
        return []
    # Only what succeeded is transformed; what failed is needed whole.
    rows = shape(children, config if status == "SUCCEEDED" else {}, "NONE")
    lines = config.get("OutputType") == "JSONL"
    text = "".join(f"{to_json(row)}\n" for row in rows) if lines else json.dumps(rows, separators=(",", ":"))
    key = f"{folder}/{status}_0.{'jsonl' if lines else 'json'}"
    s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType="application/json")
    return [{"Key": key, "Size": len(text.encode())}]
