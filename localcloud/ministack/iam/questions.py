"""What a request to MiniStack asks for, in the words of IAM.

Actions, and resources of services that few use, come from MiniStack's own tables; the services of serverless
applications are worked out here, as the service authorization reference has them.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localcloud.iam.questions import Question
from localcloud.ministack.dynamodb import transactions

_CBOR_PATH = re.compile(r"/service/[^/]+/operation/(\w+)")
_UNSIGNED_LINKS = ("sns:ConfirmSubscription", "sns:Unsubscribe")
_S3_LIST_KEYS = ("prefix", "delimiter", "max-keys")
_S3_HEADERS = (
    "x-amz-acl",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-content-sha256",
)


# By a task token: the ARN of the state machine or the activity that gave it out.
TaskOwner = Callable[[str], str]


@dataclass(frozen=True)
class Http:
    """A request as it came in; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request's service and its questions; None where the action cannot be told."""

    service: str
    questions: list[Question] | None
    unsigned: bool = False


def service_of(http: Http) -> str:
    from ministack.core.router import detect_service

    return str(detect_service(http.method, http.path, dict(http.headers), dict(http.query)))


def access_key_of(http: Http) -> str:
    from ministack.core.router import extract_access_key_id

    return str(extract_access_key_id(dict(http.headers), dict(http.query)) or "")


def asked(http: Http, service: str, account: str, region: str, task_owner: TaskOwner) -> Asked:
    from ministack import app
    from ministack.core import iam_actions

    path = _with_bucket(http) if service == "s3" else http.path
    params = app._routing_params(http.method, path, http.headers, http.body, http.query)
    action = _action(http, service, path, params)
    if action is None:
        return Asked(service, None)
    parameters = _parameters(http, action, params)
    context = _lowered(iam_actions.request_tag_context(service, action, http.body, params))
    call = _Call(http, path, params, parameters, account, region, task_owner)
    if service == "s3":
        questions = _of_s3(call, action, context)
    elif action in transactions.ACTIONS:
        questions = transactions.questions(parameters, lambda table: call.arn("dynamodb", f"table/{table}"))
    else:
        resources = _resources(call, service, action)
        context |= _context(action, parameters, resources[0])
        questions = [
            Question(action, resource, context, parameters if number == 0 else {})
            for number, resource in enumerate(resources)
        ]
    name = action.partition(":")[2]
    unsigned = action in _UNSIGNED_LINKS or name in iam_actions.unsigned_operations(service)
    return Asked(service, questions, unsigned)


@dataclass(frozen=True)
class _Call:
    http: Http
    path: str
    params: Mapping[str, Any]
    parameters: Mapping[str, Any]
    account: str
    region: str
    task_owner: TaskOwner

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def text(self, *names: str) -> str:
        return next((str(self.parameters[n]) for n in names if self.parameters.get(n)), "")


def _action(http: Http, service: str, path: str, params: Mapping[str, Any]) -> str | None:
    from ministack.core import iam_actions

    cbor = _CBOR_PATH.fullmatch(path)
    if cbor:
        return f"{iam_actions.SERVICE_TO_IAM_NAMESPACE.get(service, service)}:{cbor.group(1)}"
    found = iam_actions.extract_iam_action(service, http.method, path, http.headers, http.body, params)
    return str(found) if found else None


def _with_bucket(http: Http) -> str:
    from ministack import app

    bucket = app._extract_s3_vhost_bucket(http.headers.get("host", ""))
    return f"/{bucket}{http.path}" if bucket else http.path


def _parameters(http: Http, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The call's parameters. The bodies of S3 objects, invocations and code are not parameters."""
    if action.startswith("s3:") or action == "lambda:InvokeFunction":
        return {}
    if "cbor" in http.headers.get("content-type", ""):
        decoded = _cbor(http.body)
    elif http.body[:1] == b"{":
        try:
            decoded = json.loads(http.body)
        except (ValueError, RecursionError):
            decoded = {}
    else:
        decoded = {name: value[0] if isinstance(value, list) else value for name, value in params.items()}
    return decoded if isinstance(decoded, dict) else {}


def _cbor(body: bytes) -> Any:
    from botocore.parsers import RpcV2CBORParser

    parser = RpcV2CBORParser()
    return parser.parse_data_item(parser.get_peekable_stream_from_bytes(body)) if body else {}


def _lowered(context: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in context.items()}


# ---- resources


def _resources(call: _Call, service: str, action: str) -> list[str]:
    own = _RESOURCES.get(service)
    found = own(call, action.partition(":")[2]) if own else None
    return found or _as_ministack_says(call, service)


def _as_ministack_says(call: _Call, service: str) -> list[str]:
    from ministack.core import iam_actions

    http = call.http
    if service == "dynamodb":
        tables = iam_actions.dynamodb_resource_arns(http.body, call.region, call.account)
        return list(tables) or ["*"]
    found = iam_actions.extract_resource_arn(
        service, http.method, call.path, http.headers, http.body, call.params, call.region, call.account
    )
    return [str(found)]


def _of_events(call: _Call, action: str) -> list[str] | None:
    if action == "PutEvents":
        from ministack.core.iam_actions import eventbridge_resource_arns

        return list(eventbridge_resource_arns(call.http.body, call.region, call.account))
    rule = call.text("Rule", "Name")
    if not rule or ("Rule" not in action and "Target" not in action):
        return None
    bus = call.text("EventBusName").rsplit("/", 1)[-1]
    return [call.arn("events", f"rule/{rule}" if bus in ("", "default") else f"rule/{bus}/{rule}")]


def _of_states(call: _Call, action: str) -> list[str] | None:
    if action == "CreateStateMachine":
        return [call.arn("states", f"stateMachine:{call.text('name')}")]
    if action == "CreateActivity":
        return [call.arn("states", f"activity:{call.text('name')}")]
    if action.startswith("SendTask"):
        return [call.task_owner(call.text("taskToken"))]
    arn = call.text("stateMachineArn", "executionArn", "activityArn", "mapRunArn", "resourceArn")
    # A version or an alias is a qualifier of its state machine.
    return [":".join(arn.split(":")[:7]) if ":stateMachine:" in arn else arn] if arn else ["*"]


def _of_logs(call: _Call, action: str) -> list[str] | None:
    group = call.text("logGroupName")
    if not group and not call.text("logGroupIdentifier"):
        return ["*"] if action.startswith(("Describe", "List")) or "Delivery" in action else None
    group = group or call.text("logGroupIdentifier").split(":log-group:")[-1]
    stream = call.text("logStreamName")
    return [call.arn("logs", f"log-group:{group}:log-stream:{stream}")]


def _of_cloudwatch(call: _Call, action: str) -> list[str] | None:
    names = call.parameters.get("AlarmNames")
    listed = names if isinstance(names, list) else []
    name = call.text("AlarmName")
    if action.startswith("Describe") or not (name or listed):
        return [call.text("ResourceARN") or "*"]
    return [call.arn("cloudwatch", f"alarm:{found}") for found in ([name] if name else listed)]


def _of_cloudformation(call: _Call, _: str) -> list[str] | None:
    name = call.text("StackName")
    if not name:
        return ["*"]
    return [name if name.startswith("arn:") else call.arn("cloudformation", f"stack/{name}/*")]


_RESOURCES: dict[str, Callable[[_Call, str], list[str] | None]] = {
    "events": _of_events,
    "states": _of_states,
    "logs": _of_logs,
    "monitoring": _of_cloudwatch,
    "cloudformation": _of_cloudformation,
}


def _of_s3(call: _Call, action: str, context: dict[str, Any]) -> list[Question]:
    from ministack.core import iam_actions

    http = call.http
    for name in _S3_LIST_KEYS:
        if name in http.query and action.startswith("s3:List"):
            context[f"s3:{name}"] = http.query[name][0]
    if "versionId" in http.query:
        context["s3:versionid"] = http.query["versionId"][0]
    context |= {f"s3:{name}": http.headers[name] for name in _S3_HEADERS if name in http.headers}
    main = iam_actions.extract_resource_arn(
        "s3", http.method, call.path, http.headers, http.body, http.query, call.region, call.account
    )
    more = iam_actions.s3_additional_checks(http.method, call.path, dict(http.headers), http.body, http.query)
    return [Question(action, str(main), context)] + [Question(a, arn, context) for a, arn in more]


def _context(action: str, parameters: Mapping[str, Any], resource: str) -> dict[str, Any]:
    """The condition keys of single services."""
    if action == "cloudwatch:PutMetricData" and parameters.get("Namespace"):
        return {"cloudwatch:namespace": str(parameters["Namespace"])}
    if action == "sts:AssumeRole":
        given = {n.lower(): parameters.get(n) for n in ("ExternalId", "RoleSessionName", "SourceIdentity")}
        return {f"sts:{name}": str(value) for name, value in given.items() if value}
    if action == "sns:Subscribe":
        return {f"sns:{n.lower()}": str(parameters[n]) for n in ("Protocol", "Endpoint") if n in parameters}
    if action.startswith("lambda:") and ":function:" in resource:
        return {"lambda:functionarn": resource}
    return {}
