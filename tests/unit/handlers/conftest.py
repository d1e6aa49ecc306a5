"""A deployed stack in moto, and functions that are cold for each test."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dropforge import bootstrap
from dropforge.aws.clients import client
from dropforge.edge import idempotency
from localcloud.tests.patience import eventually

ROOT = Path(__file__).resolve().parents[3]
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/role"
BUCKET = f"dropforge-data-{ACCOUNT}-us-east-1"
MACHINE = json.dumps({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 300, "End": True}}})
CONTRACT = """
usecase: loan
problem: binary
target: Personal Loan
columns: {Age: integer, Income: number, Personal Loan: {type: category, values: [0, 1]}}
"""


@dataclass
class Context:
    """What Lambda hands to a handler."""

    function_name: str = "dropforge-test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:dropforge-test"
    aws_request_id: str = "2a1a3b5c-0000-4000-8000-000000000000"
    remaining: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


@dataclass
class Stack:
    machines: dict[str, str]
    queue: str
    context: Context = field(default_factory=Context)

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        handler = importlib.import_module(f"functions.{function}.handler")
        answer = handler.handle(event, self.context)
        json.dumps(answer)
        return dict(answer)

    def sample(self, name: str, **changes: Any) -> dict[str, Any]:
        """An event of events/, as this account would send it."""
        text = (ROOT / "events" / f"{name}.json").read_text().replace("000000000000", ACCOUNT)
        return {**json.loads(text), **changes}

    def put(self, key: str, body: bytes | str) -> str:
        return str(boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"])

    def object_created(self, key: str, body: bytes | str) -> dict[str, Any]:
        """The event that S3 sends for an upload, which is made."""
        event = self.sample("start_training")
        version = self.put(key, body)
        event["detail"]["object"] |= {"key": key, "size": len(body), "version-id": version}
        return event

    def read(self, key: str) -> bytes:
        return bytes(boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def executions(self, machine: str) -> list[dict[str, Any]]:
        states = boto3.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=self.machines[machine])["executions"]
        described = [states.describe_execution(executionArn=item["executionArn"]) for item in listed]
        return [{**item, "input": json.loads(item["input"])} for item in described]

    def run(self, name: str, definition: str, document: str) -> str:
        """The ARN of an execution that has ended; those that functions start are only written down."""
        states = boto3.client("stepfunctions")
        machine = states.create_state_machine(name=name, definition=definition, roleArn=ROLE)
        started = states.start_execution(stateMachineArn=machine["stateMachineArn"], input=document)
        arn = str(started["executionArn"])
        eventually(lambda: states.describe_execution(executionArn=arn)["status"] == "SUCCEEDED", arn)
        return arn

    def inbox(self) -> list[dict[str, Any]]:
        found = (
            boto3.client("sqs")
            .receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
            .get("Messages", [])
        )
        return [json.loads(json.loads(message["Body"])["Message"]) for message in found]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    _forget()
    with mock_aws():
        yield _deploy(monkeypatch.setenv)
    _forget()


def _deploy(setenv: Callable[[str, str], None]) -> Stack:
    s3, states, sns, sqs = (boto3.client(name) for name in ("s3", "stepfunctions", "sns", "sqs"))
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    topic = sns.create_topic(Name="dropforge-notifications")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:inbox")
    boto3.client("dynamodb").create_table(
        TableName="dropforge-handled-events",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    setenv("STACK", "dropforge")
    setenv("DATA_BUCKET", BUCKET)
    setenv("TOPIC_ARN", topic)
    setenv("IDEMPOTENCY_TABLE", "dropforge-handled-events")
    machines = {}
    for name in ("training", "deployment", "inference"):
        made = states.create_state_machine(name=f"dropforge-{name}", definition=MACHINE, roleArn=ROLE)
        machines[name] = made["stateMachineArn"]
        setenv(f"{name.upper()}_STATE_MACHINE_ARN", machines[name])
    return Stack(machines, queue)


def _forget() -> None:
    for kept in (client, idempotency._store, *_compositions()):
        kept.cache_clear()


def _compositions() -> list[Any]:
    return [made for made in vars(bootstrap).values() if hasattr(made, "cache_clear")]
