"""MiniStack as it is shipped and the local cloud, and what every fault's test does with them.

The body of a fault is one function, asked of both; it gives True where AWS's behaviour is seen.
"""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from localcloud.tests.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROLE = "arn:aws:iam::000000000000:role/any"
CODE = """
import os, socket

class OutOfMilk(Exception):
    pass

def handle(event, context):
    ask = (event or {}).get("ask")
    if ask == "fail":
        raise OutOfMilk("there is no milk")
    if ask == "outside":
        # An address that documentation reserves: nobody is there, whoever asks.
        socket.create_connection(("192.0.2.1", 443), timeout=0.5)
    return {"endpoint": os.environ.get("AWS_ENDPOINT_URL")}
"""


class Endpoint(Protocol):
    port: int

    def client(self, service: str, key: str = ..., secret: str = ...) -> Any: ...


def seen_here_only(body: Callable[[Endpoint], bool], plain: Endpoint, cloud: Endpoint) -> None:
    assert not body(plain), "MiniStack does this right now: the mend can go"
    assert body(cloud)


def topic_only(folder: Path) -> tuple[str, ...]:
    template = folder / "template.json"
    template.write_text(json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}))
    return "--template", str(template), "--stack", "tiny"


def function(endpoint: Endpoint) -> str:
    """The name of the function with CODE, made on first use and ready."""
    try:
        endpoint.client("lambda").get_function(FunctionName="mended")
    except ClientError:
        create_function(endpoint, "mended", CODE)
    return "mended"


def create_function(endpoint: Endpoint, name: str, code: str) -> None:
    """A Python function, ready."""
    lambdas, content = endpoint.client("lambda"), io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handler.py", code)
    lambdas.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Timeout=20,
        Code={"ZipFile": content.getvalue()},
    )
    lambdas.get_waiter("function_active_v2").wait(FunctionName=name)


def answered(endpoint: Endpoint, **event: Any) -> dict[str, Any]:
    answer = endpoint.client("lambda").invoke(FunctionName=function(endpoint), Payload=json.dumps(event))
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def started(endpoint: Endpoint, definition: dict[str, Any], given: str = "{}") -> str:
    states = endpoint.client("stepfunctions")
    machine = states.create_state_machine(
        name=f"m-{uuid.uuid4().hex[:8]}", definition=json.dumps(definition), roleArn=ROLE
    )["stateMachineArn"]
    return str(states.start_execution(stateMachineArn=machine, input=given)["executionArn"])


def ended(endpoint: Endpoint, arn: str) -> dict[str, Any]:
    states = endpoint.client("stepfunctions")

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = states.describe_execution(executionArn=arn)
        return None if found["status"] == "RUNNING" else found

    return eventually(look)


def queue(endpoint: Endpoint, name: str) -> tuple[str, str]:
    sqs = endpoint.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, asked["Attributes"]["QueueArn"]


def received(endpoint: Endpoint, url: str, seconds: float) -> dict[str, Any] | None:
    sqs, deadline = endpoint.client("sqs"), time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages")
        if found:
            return dict(found[0])
        time.sleep(0.1)
    return None


def attributes(message: dict[str, Any] | None) -> dict[str, str]:
    given = (message or {}).get("MessageAttributes", {})
    return {name: value["StringValue"] for name, value in given.items()}
