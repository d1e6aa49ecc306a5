"""Ships what processes print to CloudWatch Logs, line by line, in small batches, so that `aws logs tail`
follows.

One thread sends for all streams, four times a second. The cost: a line printed in the last quarter of a
second before a `kill -9` of the whole cloud is not in CloudWatch Logs; it is in the process's own log file.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from localcloud.services.sagemaker.runtime.clients import Clients

log = logging.getLogger("localcloud.sagemaker")

INTERVAL_SECONDS = 0.25
# PutLogEvents takes 10,000 events or 1 MiB, each event counted with 26 bytes more; an event holds 256 KiB.
_BATCH_EVENTS, _BATCH_BYTES, _EVENT_BYTES = 5_000, 900_000, 250_000


class LogStream:
    """One stream of one log group; remembers its last lines for failure reasons."""

    def __init__(self, group: str, name: str, role_arn: str | None = None) -> None:
        self.group = group
        self.name = name
        # SageMaker writes with the job's role; without one, as itself.
        self.role_arn = role_arn
        self.tail: deque[str] = deque(maxlen=20)
        self._pending: deque[dict[str, Any]] = deque()
        self.made = False
        self.sending = threading.Lock()

    def write(self, line: str) -> None:
        self.tail.append(line)
        # CloudWatch Logs refuses an empty message.
        self._pending.append({"timestamp": int(time.time() * 1000), "message": line[:_EVENT_BYTES] or " "})

    def batch(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        size = 0
        while self._pending and len(events) < _BATCH_EVENTS and size < _BATCH_BYTES - _EVENT_BYTES:
            event = self._pending.popleft()
            size += len(event["message"].encode()) + 26
            events.append(event)
        return events


class LogShipper:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._streams: list[LogStream] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sagemaker-logs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=5)

    def open(self, group: str, name: str, role_arn: str | None = None) -> LogStream:
        stream = LogStream(group, name, role_arn)
        with self._lock:
            self._streams.append(stream)
        return stream

    def close(self, stream: LogStream) -> None:
        """Sends what is left; after this the stream is whole in CloudWatch Logs."""
        self.send(stream)
        with self._lock:
            if stream in self._streams:
                self._streams.remove(stream)

    def send(self, stream: LogStream) -> None:
        with stream.sending:
            while events := stream.batch():
                try:
                    self._put(stream, events)
                except (BotoCoreError, ClientError) as error:
                    log.warning("%d log lines of %s were lost: %s", len(events), stream.name, error)

    def _run(self) -> None:
        while not self._stopped.wait(INTERVAL_SECONDS):
            self._send_all()
        self._send_all()

    def _send_all(self) -> None:
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            self.send(stream)

    def _put(self, stream: LogStream, events: list[dict[str, Any]]) -> None:
        client = self._clients.of("logs", stream.role_arn)
        names = {"logGroupName": stream.group, "logStreamName": stream.name}
        if not stream.made:
            _make_once(client.create_log_group, logGroupName=stream.group)
            _make_once(client.create_log_stream, **names)
            stream.made = True
        client.put_log_events(**names, logEvents=events)


def _make_once(make: Any, **names: str) -> None:
    try:
        make(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
