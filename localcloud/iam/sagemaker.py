"""SageMaker's actions and the resources they are about, from the API's own model.

A resource kind is a noun of the API ("training-job"); a parameter `TrainingJobName` or `TrainingJobArn` names
one. A call needs every resource that it names; List and Search name none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session

from localcloud.iam.questions import Question

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAMED = re.compile(r"(.+)(Name|Arn)")
_INVOKE = re.compile(r"/endpoints/([^/]+)/(invocations|async-invocations|invocations-response-stream)/?")
# Lists that are about one resource, which they name.
_LISTS_OF_ONE = ("ListTrainingJobsForHyperParameterTuningJob",)
_INVOKES = {
    "invocations": "InvokeEndpoint",
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
}


@functools.lru_cache(maxsize=1)
def _kinds() -> frozenset[str]:
    """Every noun that the API can create."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    return frozenset(_kebab(name[6:]) for name in model.operation_names if name.startswith("Create"))


def _kebab(noun: str) -> str:
    return _WORD.sub("-", noun).lower().replace("auto-mljob", "automl-job")


def questions(action: str, payload: Mapping[str, Any], account: str, region: str) -> list[Question]:
    """What a call of the API asks for."""
    resources = list(dict.fromkeys(_resources(action, payload, f"arn:aws:sagemaker:{region}:{account}:")))
    context = _context(payload)
    return [
        # What follows from the parameters follows once.
        Question(f"sagemaker:{action}", resource, context, payload if number == 0 else {})
        for number, resource in enumerate(resources or ["*"])
    ]


def runtime_question(path: str, account: str, region: str) -> Question | None:
    found = _INVOKE.fullmatch(path)
    if found is None:
        return None
    arn = f"arn:aws:sagemaker:{region}:{account}:endpoint/{found.group(1)}"
    return Question(f"sagemaker:{_INVOKES[found.group(2)]}", arn)


def _resources(action: str, payload: Mapping[str, Any], prefix: str) -> Iterator[str]:
    if action in ("AddTags", "DeleteTags", "ListTags"):
        yield str(payload.get("ResourceArn", "*"))
        return
    if action.startswith(("List", "Search", "BatchDescribe")) and action not in _LISTS_OF_ONE:
        return
    for member, value in payload.items():
        named = _NAMED.fullmatch(member)
        if named is None or not isinstance(value, str):
            continue
        kind = _kebab(named.group(1))
        if kind in _kinds():
            yield from _named(kind, value, action, prefix)


def _named(kind: str, value: str, action: str, prefix: str) -> Iterator[str]:
    if value.startswith("arn:"):
        yield value
        return
    yield f"{prefix}{kind}/{value}"
    if action == "CreateModelPackage" and kind == "model-package-group":
        yield f"{prefix}model-package/{value}/*"  # its version is not known before it is made


def _context(payload: Mapping[str, Any]) -> dict[str, Any]:
    tags = [tag for tag in payload.get("Tags") or () if isinstance(tag, Mapping)]
    found: dict[str, Any] = {
        f"aws:requesttag/{str(tag.get('Key')).lower()}": tag.get("Value") for tag in tags
    }
    if tags:
        found["aws:tagkeys"] = [str(tag.get("Key")) for tag in tags]
    types = sorted(set(_values(payload, "InstanceType")))
    if types:
        found["sagemaker:instancetypes"] = types
    for member, key in (("VolumeKmsKeyId", "volumekmskey"), ("KmsKeyId", "outputkmskey")):
        if value := next(_values(payload, member), None):
            found[f"sagemaker:{key}"] = value
    for member in ("Subnets", "SecurityGroupIds"):
        if listed := next(_lists(payload, member), None):
            found["sagemaker:vpcsubnets" if member == "Subnets" else "sagemaker:vpcsecuritygroupids"] = listed
    return found | _switches(payload)


def _switches(payload: Mapping[str, Any]) -> dict[str, str]:
    network = payload.get("NetworkConfig")
    switches = network if isinstance(network, Mapping) else payload
    isolated = bool(switches.get("EnableNetworkIsolation"))
    encrypted = bool(switches.get("EnableInterContainerTrafficEncryption"))
    return {
        "sagemaker:networkisolation": str(isolated).lower(),
        "sagemaker:intercontainertrafficencryption": str(encrypted).lower(),
    }


def _values(payload: Any, member: str) -> Iterator[str]:
    if isinstance(payload, Mapping):
        for name, value in payload.items():
            if name == member and isinstance(value, str):
                yield value
            else:
                yield from _values(value, member)
    elif isinstance(payload, list):
        for item in payload:
            yield from _values(item, member)


def _lists(payload: Any, member: str) -> Iterator[list[str]]:
    if isinstance(payload, Mapping):
        for name, value in payload.items():
            if name == member and isinstance(value, list):
                yield [str(item) for item in value]
            else:
                yield from _lists(value, member)
