"""Tells the queue what came, and does what an event asks it to do."""

import json
import os
import socket
import subprocess
import sys
import urllib.request

import boto3
from tiny import words


class OutOfMilk(Exception):
    """A named error, for Catch."""


def by_a_child(ask):
    if ask == "leave":
        return subprocess.Popen(["sleep", "600"]).pid
    code = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr


def handle(event, context):
    print("echo got", json.dumps(event)[:200])
    ask = event.get("ask")
    if ask == "fail":
        raise OutOfMilk("there is no milk")
    if ask == "outside":
        socket.create_connection(("example.com", 80), timeout=5)
    if ask in ("leave", "outside by a child"):
        return by_a_child(ask)
    if ask == "aws":
        urllib.request.urlopen("https://sts.amazonaws.com", timeout=5)
    if ask == "boto3":
        boto3.client("sts", endpoint_url="https://sts.amazonaws.com").get_caller_identity()
    if ask == "sleep":
        import pathlib
        import time

        if "tell" in event:
            pathlib.Path(event["tell"]).write_text(str(os.getpid()))
        time.sleep(event["seconds"])
    if ask == "path":
        return {
            "path": sys.path,
            "trace": os.environ.get("_X_AMZN_TRACE_ID"),
            "id": context.aws_request_id,
            "name": context.function_name,
            "endpoint": os.environ["AWS_ENDPOINT_URL"],
        }
    if "detail-type" in event:
        boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(event))
    return {"said": words.SAID, "event": event}
