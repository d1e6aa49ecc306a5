"""The guard at the door: who calls, what for, and whether it may."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from localcloud.front import denials
from localcloud.front.denials import Answer
from localcloud.iam import sagemaker
from localcloud.iam.authority import Authority
from localcloud.iam.principals import ANONYMOUS, Principal, UnknownCaller
from localcloud.iam.questions import Question
from localcloud.iam.records import Decision
from localcloud.ministack.iam.questions import Asked, Http, TaskOwner, access_key_of, asked, service_of

_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/([^/]+)/([^/]+)/")
# What is not an API of AWS: MiniStack's own paths, and the data planes of gateways and function URLs.
_NOT_AN_API = re.compile(r"/(_ministack|_localstack|_localcloud|_aws|health$)|.*/_user_request_/")
_DATA_PLANES = (".execute-api.", ".lambda-url.", ".appsync-api.", ".cloudfront.")
_TARGET = "SageMaker."


@dataclass(frozen=True)
class Admitted:
    """A request that may pass, and by whom it is."""

    who: Principal
    service: str


class Guard:
    """Refuses requests for an authority."""

    def __init__(self, authority: Authority, task_owner: TaskOwner) -> None:
        self.authority, self._task_owner = authority, task_owner

    def wants_body(self, http: Http, service: str) -> bool:
        """Objects go by unread; everywhere else the body has a say in what is asked for."""
        return service != "s3" or (http.method == "POST" and "delete" in http.query)

    def check(self, http: Http, service: str) -> Admitted | Answer:
        """Let a request pass, or answer it."""
        try:
            who = self._caller(http)
        except UnknownCaller as error:
            return denials.unknown(service, error.code, error.message, http.headers)
        found = self._asked(http, service)
        if who is ANONYMOUS and service != "s3" and not found.unsigned:
            text = "Request is missing Authentication Token"
            return denials.unknown(service, "MissingAuthenticationToken", text, http.headers)
        if found.questions is None:
            return self._unclear(who, http, service)
        if who is ANONYMOUS and found.unsigned:
            return Admitted(who, service)
        denial = self.authority.refusal(who, found.questions)
        if denial is None:
            return Admitted(who, service)
        return denials.denied(service, denial.action, denial.message, http.headers)

    def absent(self, http: Http, who: Principal) -> Answer | None:
        """S3 tells a caller without ListBucket that what is not there is forbidden."""
        bucket = f"arn:aws:s3:::{http.path.split('/', 2)[1]}"
        if self.authority.directory.guard(bucket) is None:
            return None
        key = http.path.split("/", 2)[2]
        denial = self.authority.refusal(who, [Question("s3:ListBucket", bucket, {"s3:prefix": key})])
        return denials.denied("s3", denial.action, denial.message, http.headers) if denial else None

    def _caller(self, http: Http) -> Principal:
        token = http.headers.get("x-amz-security-token") or _first(http.query, "X-Amz-Security-Token")
        return self.authority.directory.caller(access_key_of(http), token)

    def _asked(self, http: Http, service: str) -> Asked:
        directory = self.authority.directory
        scope = _SCOPE.search(http.headers.get("authorization", ""))
        region = scope.group(1) if scope else directory.region
        if service != "sagemaker":
            return asked(http, service, directory.account, region, self._task_owner)
        target = http.headers.get("x-amz-target", "")
        if target.startswith(_TARGET):
            payload = _object(http.body)
            action = target.removeprefix(_TARGET)
            return Asked(service, sagemaker.questions(action, payload, directory.account, region))
        runtime = sagemaker.runtime_question(http.path, directory.account, region)
        return Asked(service, [runtime] if runtime else None)

    def _unclear(self, who: Principal, http: Http, service: str) -> Admitted | Answer:
        """Nobody but root and the cloud's own services may do what the guard cannot name."""
        if who.kind in ("root", "service"):
            return Admitted(who, service)
        action = f"{service}:{http.method} {http.path}"
        reason = "because localcloud cannot tell which action that is"
        denial = Decision(who.arn, who.identity, action, "*", False, "", "", reason, problems=(reason,))
        self.authority.records.add(denial)
        return denials.denied(service, action, denial.message, http.headers)


def is_api(http: Http) -> bool:
    """Whether the request is a call of an AWS API, which is what the guard decides."""
    host = http.headers.get("host", "")
    return not (
        http.method == "OPTIONS"
        or _NOT_AN_API.match(http.path)
        or any(plane in host for plane in _DATA_PLANES)
    )


def head_of(scope: Mapping[str, Any]) -> Http:
    """A request of which the body has not been read."""
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    return Http(scope["method"], scope["path"], query, headers)


def with_body(http: Http, body: bytes) -> Http:
    return replace(http, body=body)


def name_of_service(http: Http) -> str:
    if http.headers.get("x-amz-target", "").startswith(_TARGET):
        return "sagemaker"
    scope = _SCOPE.search(http.headers.get("authorization", ""))
    return "sagemaker" if scope and scope.group(2) == "sagemaker" else service_of(http)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _first(query: Mapping[str, list[str]], name: str) -> str | None:
    return query[name][0] if query.get(name) else None
