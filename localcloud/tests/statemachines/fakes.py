"""AWS for a case: scripted answers of services, and buckets in memory. Nothing here opens a socket."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore.exceptions import ClientError, ParamValidationError

from localcloud.services.states.interpreter.services import Services

_SESSION = botocore.session.get_session()


class FakeServices(Services):
    """Answers calls from a script: `{"lambda:Invoke": [answer, …]}`; the last answer stands for all that
    follow.
    """

    def __init__(self, script: dict[str, list[Any]], objects: dict[str, str]) -> None:
        super().__init__("http://127.0.0.1:9")
        self.script, self.calls = {key: list(answers) for key, answers in script.items()}, []
        self.objects = dict(objects)
        self.roles: set[str] = set()
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def client(self, service: str, role_arn: str, region: str | None = None) -> Any:
        self.roles.add(str(role_arn))
        return FakeS3(self) if service == "s3" else FakeClient(self, service)


class FakeClient:
    def __init__(self, services: FakeServices, service: str) -> None:
        self._services, self._service = services, service
        model = _SESSION.get_service_model(service)
        from botocore import xform_name

        self._methods = {xform_name(name): name for name in model.operation_names}

    @property
    def meta(self) -> Any:
        return type("Meta", (), {"method_to_api_mapping": self._methods})

    def __getattr__(self, method: str) -> Any:
        operation = self._methods[method]
        return lambda **arguments: self._answer(operation, arguments)

    def _answer(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        key = f"{self._service}:{operation}"
        self._services.calls.append((key, arguments))
        answers = self._services.script.get(key)
        if answers is None:
            raise AssertionError(f"the case has no answer for {key}")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return reply(operation, answer)


def reply(operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    """`{error, message}` raises an error of the service; `{lacks}` is the parameter for want of which
    botocore sends no request; `{raises}` and `{result}` are what a function did; anything else is the answer.
    """
    if "lacks" in answer:
        raise ParamValidationError(report=f'Missing required parameter in input: "{answer["lacks"]}"')
    about = {"RequestId": "req", "HTTPStatusCode": 200, "HTTPHeaders": {}}
    if "error" in answer and "message" in answer:
        about["HTTPStatusCode"] = answer.get("status", 400)
        code = {"Code": answer["error"], "Message": answer.get("message", "")}
        raise ClientError({"Error": code, "ResponseMetadata": about}, operation)  # type: ignore[typeddict-item]
    if "raises" in answer:
        body = json.dumps(answer["raises"]).encode()
        return {
            "StatusCode": 200,
            "FunctionError": "Unhandled",
            "Payload": io.BytesIO(body),
            "ResponseMetadata": about,
        }
    if "result" in answer:
        body = json.dumps(answer["result"]).encode()
        return {
            "StatusCode": 200,
            "ExecutedVersion": "$LATEST",
            "Payload": io.BytesIO(body),
            "ResponseMetadata": about,
        }
    return {**json.loads(json.dumps(answer), object_hook=_times), "ResponseMetadata": about}


def _times(value: dict[str, Any]) -> Any:
    """`{"$time": "2026-01-01T00:00:00Z"}` is a time and `{"$stream": "text"}` a stream, as botocore gives
    them.
    """
    if "$time" in value:
        return datetime.fromisoformat(value["$time"])
    if "$stream" in value:
        return io.BytesIO(value["$stream"].encode())
    return value


class FakeS3:
    def __init__(self, services: FakeServices) -> None:
        self._services = services

    @property
    def meta(self) -> Any:
        names = {"get_object": "GetObject", "put_object": "PutObject"}
        return type("Meta", (), {"method_to_api_mapping": names})

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        text = self._services.objects.get(f"{Bucket}/{Key}")
        if text is None:
            return reply(
                "GetObject",
                {"error": "NoSuchKey", "message": "The specified key does not exist.", "status": 404},
            )
        return {
            "Body": io.BytesIO(text.encode()), "ETag": '"e"', "ContentLength": len(text),
            "LastModified": datetime(2026, 1, 1, tzinfo=UTC), "SSEKMSKeyId": "key",
            "ResponseMetadata": {"RequestId": "req", "HTTPStatusCode": 200, "HTTPHeaders": {}},
        }  # fmt: skip

    def put_object(self, Bucket: str, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        if not any(name.startswith(f"{Bucket}/") for name in self._services.objects):
            return reply(
                "PutObject",
                {"error": "NoSuchBucket", "message": "The specified bucket does not exist", "status": 404},
            )
        self._services.objects[f"{Bucket}/{Key}"] = Body.decode()
        return {"ETag": '"e"', "ResponseMetadata": {}}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, Bucket: str, Prefix: str = "") -> Any:  # noqa: N803
        found = [name for name in sorted(self._services.objects) if name.startswith(f"{Bucket}/{Prefix}")]
        yield {
            "Contents": [
                {"Key": name.partition("/")[2], "ETag": '"e"', "Size": len(self._services.objects[name]),
                 "LastModified": datetime(2026, 1, 1, tzinfo=UTC), "StorageClass": "STANDARD"}
                for name in found
            ]
        }  # fmt: skip
