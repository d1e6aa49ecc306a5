"""Runs a job from its record to its end, in a thread of its own.

The job's folder is `<state>/jobs/<kind>/<name>/`; `log` in it holds what the program printed, `process.json`
when its process began and ended. A job ends in exactly one way (job.End), whatever goes wrong on the way.
When the cloud itself goes down the record stays InProgress, and the next start makes it Failed: a job's
process does not outlive its cloud.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path
from typing import Any

from localcloud.sagemaker.context import Context, log
from localcloud.sagemaker.jobs.job import End, Job, Phase
from localcloud.sagemaker.ports import ImageUnavailable
from localcloud.sagemaker.runtime.data import DataError
from localcloud.sagemaker.runtime.environment import container_env
from localcloud.sagemaker.runtime.process import Process, start
from localcloud.sagemaker.runtime.tree import Tree

_TICK = 0.1


class JobFailed(Exception):
    """The reason, as it goes into FailureReason."""


class JobStopped(Exception):
    """Somebody asked for it before the program had started."""


class WaitExceeded(Exception):
    """A job of managed spot training did not get to its end in MaxWaitTimeInSeconds."""


class Runner:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._slots = threading.Semaphore(context.limits.jobs_at_once)
        self._runs: dict[tuple[str, str], Run] = {}
        self._lock = threading.Lock()

    def start(self, job: Job) -> None:
        run = Run(self._context, self._slots, job)
        run.start()
        with self._lock:
            self._runs = {key: other for key, other in self._runs.items() if other.is_alive()}
            self._runs[(job.plan.kind, job.plan.name)] = run

    def stop(self, kind: str, name: str) -> None:
        if run := self._runs.get((kind, name)):
            run.stop_asked.set()

    def forget(self, kind: str, name: str) -> None:
        """The job was deleted: its folder goes."""
        shutil.rmtree(_folder(self._context, kind, name), ignore_errors=True)

    def shut_down(self) -> None:
        """The cloud goes down: kill what runs. The context's `stopping` is set by now."""
        for run in list(self._runs.values()):
            run.kill()
        for run in list(self._runs.values()):
            run.join(timeout=10)


class Run(threading.Thread):
    """One job, running."""

    def __init__(self, context: Context, slots: threading.Semaphore, job: Job) -> None:
        super().__init__(name=f"sagemaker-{job.plan.name}", daemon=True)
        self._context = context
        self._slots = slots
        self._job = job
        self._process: Process | None = None
        self.stop_asked = threading.Event()
        wait = job.plan.most_wait_seconds
        self._over_at = time.monotonic() + wait if wait is not None else float("inf")
        self._tree = Tree(_folder(context, job.plan.kind, job.plan.name))

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def run(self) -> None:
        try:
            while not self._slots.acquire(timeout=_TICK):
                self._check_stop()
                self._check_wait()
            try:
                self._run()
            finally:
                self._slots.release()
        except JobStopped:
            self._finish(End.STOPPED, None)
        except WaitExceeded:
            self._finish(End.OUT_OF_WAIT, None)
        except (JobFailed, DataError) as error:
            self._finish(End.FAILED, _reason(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, the job must end
            log.exception("job %s", self._job.plan.name)
            self._finish(End.FAILED, f"InternalServerError: {error}")

    def _run(self) -> None:
        self._check_stop()
        self._tree.make()
        image = self._image()
        self._job.enter(Phase.DOWNLOADING)
        s3 = self._context.clients.of("s3", self._job.plan.role_arn)
        self._job.download(self._tree, s3)
        self._check_stop()
        self._job.enter(Phase.RUNNING)
        end, code = self._execute(image, s3)
        if self._context.stopping.is_set():
            return
        reason = self._job.failure(self._tree, code) if end is End.FAILED else None
        self._job.enter(Phase.UPLOADING)
        self._job.upload(self._tree, s3, end)
        self._finish(end, reason)

    def _image(self) -> Any:
        try:
            return self._context.ports.image(self._job.plan.image_uri)
        except ImageUnavailable as error:
            raise JobFailed(
                f"ClientError: Cannot run the image {self._job.plan.image_uri}: {error}"
            ) from error

    def _execute(self, image: Any, s3: Any) -> tuple[End, int]:
        plan = self._job.plan
        env = container_env(
            self._context.ports, image, self._tree, plan.role_arn, plan.environment, isolated=plan.isolated
        )
        name = f"{plan.name}/algo-1-{int(time.time())}"
        stream = self._context.logs.open(plan.log_group, name, plan.role_arn)
        with (self._tree.folder / "log").open("w", encoding="utf-8", buffering=1) as copy:

            def on_line(text: str) -> None:
                copy.write(text + "\n")
                stream.write(text)
                self._job.line(text)

            began = time.time()
            self._process = start(self._job.command(image), env, Path(image.root), self._tree.root, on_line)
            end, code = self._wait(self._process, time.monotonic() + plan.most_seconds, s3)
        span = json.dumps({"began": began, "ended": time.time()})
        (self._tree.folder / "process.json").write_text(span, "utf-8")
        if not self._context.stopping.is_set():
            self._context.logs.close(stream)
        return end, code

    def _wait(self, process: Process, deadline: float, s3: Any) -> tuple[End, int]:
        grace = self._context.limits.stop_grace_seconds
        while (code := process.wait(_TICK)) is None:
            if self._context.stopping.is_set():
                process.kill()
            elif self.stop_asked.is_set():
                return End.STOPPED, process.end(grace) or 0
            elif time.monotonic() > deadline:
                return End.OUT_OF_TIME, process.end(grace) or 0
            elif time.monotonic() > self._over_at:
                return End.OUT_OF_WAIT, process.end(grace) or 0
            else:
                self._job.tick(self._tree, s3)
        return (End.COMPLETED if code == 0 else End.FAILED), code

    def _check_stop(self) -> None:
        if self.stop_asked.is_set() or self._context.stopping.is_set():
            raise JobStopped

    def _check_wait(self) -> None:
        if time.monotonic() > self._over_at:
            raise WaitExceeded

    def _finish(self, end: End, reason: str | None) -> None:
        if self._context.stopping.is_set():
            return
        self._job.finish(self._tree, end, reason)
        if end is End.COMPLETED:
            self._tree.shed()
        shutil.rmtree(self._tree.folder / "stage", ignore_errors=True)


def _folder(context: Context, kind: str, name: str) -> Path:
    return context.state_dir / "jobs" / kind / name


def _reason(error: Exception) -> str:
    text = str(error)
    # What the data's owner can mend is a ClientError in AWS's words.
    return (text if isinstance(error, JobFailed) else f"ClientError: {text}")[:1024]
