"""`sam deploy`: a packaged template becomes a stack, or a new version of one, through CloudFormation's
API."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from localcloud.deploy.package import Packager
from localcloud.deploy.template import read_template
from localcloud.errors import DeployError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from localcloud.deploy.requirements import Report

_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_DEPLOY_SECONDS = 300.0
_TEMPLATE_KEY = "template.json"


class Deployer:
    """Deploys templates with one account's clients."""

    def __init__(self, cloudformation: Any, s3: Any, cache: Path, bucket: str, report: Report) -> None:
        self._cloudformation, self._s3, self._cache = cloudformation, s3, cache
        self._bucket, self._report = bucket, report

    def deploy(self, template: Path, stack: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """Create or update the stack; its outputs. DeployError names each resource that failed, and why."""
        parsed = read_template(template)
        self._ensure_bucket()
        packaged = Packager(
            parsed, template.resolve().parent, self._cache, self._bucket, self._upload, self._report
        ).package()
        body = json.dumps(packaged).encode()
        self._s3.put_object(Bucket=self._bucket, Key=_TEMPLATE_KEY, Body=body)
        self._report(f"deploying {template.name} as the stack {stack}")
        self._apply(stack, [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()])
        return self._outputs(stack)

    def _apply(self, stack: str, parameters: list[dict[str, str]]) -> None:
        if self._status(stack) in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"):
            self._cloudformation.delete_stack(StackName=stack)
            self._settled(stack)
        exists = self._status(stack) not in (None, "DELETE_COMPLETE")
        call = self._cloudformation.update_stack if exists else self._cloudformation.create_stack
        started = time.time()
        try:
            call(
                StackName=stack,
                TemplateURL=f"{self._s3.meta.endpoint_url}/{self._bucket}/{_TEMPLATE_KEY}",
                Parameters=parameters,
                Capabilities=_CAPABILITIES,
            )
        except ClientError as error:
            message = error.response["Error"]["Message"]
            if "No updates are to be performed" in message:
                return
            raise DeployError(stack, [message]) from error
        status = self._settled(stack)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeployError(stack, self._failures(stack, started) or [f"it ended {status}"])

    def _settled(self, stack: str) -> str | None:
        deadline = time.monotonic() + _DEPLOY_SECONDS
        while time.monotonic() < deadline:
            status = self._status(stack)
            if status is None or not status.endswith("_IN_PROGRESS"):
                return status
            time.sleep(0.05)
        raise DeployError(stack, [f"it was still {self._status(stack)} after {_DEPLOY_SECONDS:.0f} s"])

    def _status(self, stack: str) -> str | None:
        try:
            found = self._cloudformation.describe_stacks(StackName=stack)["Stacks"]
        except ClientError:
            return None
        return str(found[0]["StackStatus"]) if found else None

    def _failures(self, stack: str, since: float) -> list[str]:
        """Each failed resource with its reason, the first one first; those only cancelled because of it
        left out."""
        pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        events = [event for page in pages for event in page["StackEvents"]]
        failed = [
            e
            for e in reversed(events)
            if e["ResourceStatus"].endswith("_FAILED")
            and e["Timestamp"].timestamp() >= since - 2
            and "cancelled" not in e.get("ResourceStatusReason", "")
        ]
        return [_told(event) for event in failed]

    def _outputs(self, stack: str) -> dict[str, str]:
        found = self._cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def _ensure_bucket(self) -> None:
        try:
            self._s3.head_bucket(Bucket=self._bucket)
        except ClientError:
            self._s3.create_bucket(Bucket=self._bucket)

    def _upload(self, key: str, read: Callable[[], bytes]) -> None:
        try:
            self._s3.head_object(Bucket=self._bucket, Key=key)
        except ClientError:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=read())


def _told(event: Mapping[str, Any]) -> str:
    reason = event.get("ResourceStatusReason", "no reason")
    return f"{event['LogicalResourceId']} ({event.get('ResourceType', '?')}): {reason}"
