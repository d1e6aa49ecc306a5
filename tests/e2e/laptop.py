"""One local cloud, driven the way its users do: the command line, boto3 and the AWS CLI."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeVar

import boto3
import yaml

from localcloud.tests.patience import eventually

ROOT = Path(__file__).resolve().parents[2]
Message = dict[str, Any]
Done = subprocess.CompletedProcess[str]
Answer = TypeVar("Answer")


class Laptop:
    """A cloud with a home of its own, so that a developer's running one is left alone."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            **os.environ,
            "DROPFORGE_HOME": str(home),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'core'}",
        }
        for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "DROPFORGE_STACK"):
            self.environment.pop(name, None)
        self._clients: dict[str, Any] = {}
        self._inbox: list[Message] = []
        self._queue = ""

    def start(self, *words: str) -> None:
        self.dropforge("up", "--port", "0", "--detach", *words)
        self.connect()
        self._queue = self._subscribe()

    def connect(self) -> None:
        """Talk to the cloud that runs in this home."""
        for line in self.dropforge("env").stdout.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            self.environment[name] = value.strip("'\"")

    def stop(self) -> None:
        self.dropforge("down", expect=None)

    # The command line -------------------------------------------------------------------------------------

    def dropforge(self, *words: str, expect: int | None = 0, stdin: str = "") -> Done:
        return self.command(sys.executable, "-m", "cli", *words, expect=expect, stdin=stdin)

    def report(self, *words: str, expect: int | None = 0) -> Any:
        """What `--json` prints: exactly one document."""
        return json.loads(self.dropforge(*words, "--json", expect=expect).stdout)

    def command(self, *words: str, expect: int | None = 0, stdin: str = "") -> Done:
        done = subprocess.run(
            words,
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            text=True,
            capture_output=True,
            timeout=400,
            check=False,
        )
        if expect is not None and done.returncode != expect:
            raise AssertionError(
                f"{' '.join(words[-4:])} ended with {done.returncode}, not {expect}\n"
                f"{done.stdout}\n{done.stderr}"
            )
        return done

    def aws(self, *words: str) -> Any:
        """The plain AWS CLI; the answer is its JSON, or its text where it prints none."""
        text = self.command(sys.executable, "-m", "awscli", *words).stdout
        return json.loads(text) if text.lstrip().startswith(("{", "[")) else text

    # AWS --------------------------------------------------------------------------------------------------

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,  # type: ignore[call-overload]
                endpoint_url=self.environment["AWS_ENDPOINT_URL"],
                region_name=self.environment["AWS_REGION"],
                aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            )
        return self._clients[service]

    def output(self, name: str) -> str:
        stack = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        return next(item["OutputValue"] for item in stack["Outputs"] if item["OutputKey"] == name)

    @property
    def stack(self) -> str:
        return self.environment["DROPFORGE_STACK"]

    @property
    def bucket(self) -> str:
        return self.output("DataBucket")

    def put(self, key: str, body: bytes | str) -> str:
        """An upload as any S3 client would make it; the version's id."""
        answer = self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)
        return str(answer["VersionId"])

    def read(self, key: str) -> str:
        return str(self.client("s3").get_object(Bucket=self.bucket, Key=key)["Body"].read().decode())

    def keys(self, prefix: str) -> list[str]:
        pages = self.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def executions(self, machine: str) -> list[dict[str, Any]]:
        """Every execution of a state machine, with its input read."""
        states = self.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=self.output(f"{machine}StateMachineArn"))[
            "executions"
        ]
        described = [states.describe_execution(executionArn=item["executionArn"]) for item in listed]
        return [{**item, "input": json.loads(item["input"])} for item in described]

    # What people were told --------------------------------------------------------------------------------

    def _subscribe(self) -> str:
        sqs, topic = self.client("sqs"), self.output("NotificationsTopicArn")
        queue = str(sqs.create_queue(QueueName="test-inbox")["QueueUrl"])
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allow = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
        }
        allow |= {"Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
        self.client("sns").subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
        )
        return queue

    def inbox(self) -> list[Message]:
        """Everything told so far."""
        sqs = self.client("sqs")
        while batch := sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in batch:
                self._inbox.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return self._inbox

    def notified(self, kind: str, usecase: str, count: int = 1) -> list[Message]:
        def matching() -> list[Message]:
            found = [m for m in self.inbox() if m["kind"] == kind and m["usecase"] == usecase]
            return found if len(found) >= count else []

        return eventually(matching, f"{count} message(s) {kind} about {usecase}")


def loan_contract(usecase: str = "loan", **changes: Any) -> str:
    """The loan contract under another name, some of its sections replaced."""
    contract = yaml.safe_load((ROOT / "usecases" / "loan" / "contract.yaml").read_text())
    return yaml.safe_dump({**contract, "usecase": usecase, **changes}, sort_keys=False)


def loan_rows(rows: int, seed: int = 1) -> str:
    """Seeded sample data as its generator prints it."""
    words = [sys.executable, "-m", "usecases.loan.generate", "--rows", str(rows), "--seed", str(seed)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def without_target(text: str, target: str = "Personal Loan") -> str:
    """The same rows as they come when the answer is not known yet."""
    rows = list(csv.DictReader(io.StringIO(text)))
    names = [name for name in rows[0] if name != target]
    out = io.StringIO()
    writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
