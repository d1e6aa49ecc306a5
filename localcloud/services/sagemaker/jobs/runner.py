"""Runs a job from its record to its end, in a thread of its own.

The job's folder is `<state>/jobs/<kind>/<name>/`; `log` in it holds what the program printed, `process.json`
when its process began and ended; what is of a job's second machine lies in `algo-2/` under it. A job ends in
exactly one way (job.End), whatever goes wrong on the way. When the cloud itself goes down the record stays
InProgress, and the next start makes it Failed: a job's process does not outlive its cloud.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.context import Context, log
from localcloud.services.sagemaker.jobs.crew import Crew
from localcloud.services.sagemaker.jobs.hosts import Host, hosts_in
from localcloud.services.sagemaker.jobs.job import End, Job, Phase
from localcloud.services.sagemaker.ports import ImageUnavailable
from localcloud.services.sagemaker.runtime.data import DataError
from localcloud.services.sagemaker.runtime.environment import container_env
from localcloud.services.sagemaker.runtime.process import start

if TYPE_CHECKING:
    from localcloud.services.sagemaker.runtime.logs import LogStream

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

    def add(self, job: Job) -> Run:
        """The job's run, which is the caller's to start and can be stopped from now on."""
        run = Run(self._context, self._slots, job)
        with self._lock:
            self._runs = {key: other for key, other in self._runs.items() if not other.is_over()}
            self._runs[(job.plan.kind, job.plan.name)] = run
        return run

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
            if run.is_alive():
                run.join(timeout=10)


class Run(threading.Thread):
    """One job, running."""

    def __init__(self, context: Context, slots: threading.Semaphore, job: Job) -> None:
        super().__init__(name=f"sagemaker-{job.plan.name}", daemon=True)
        self._context = context
        self._slots = slots
        self._job = job
        self._crew = Crew()
        self.stop_asked = threading.Event()
        wait = job.plan.most_wait_seconds
        self._over_at = time.monotonic() + wait if wait is not None else float("inf")
        self._folder = _folder(context, job.plan.kind, job.plan.name)
        self._hosts = hosts_in(self._folder, job.plan.hosts)
        self._tree = self._hosts[0].tree

    def is_over(self) -> bool:
        return self.ident is not None and not self.is_alive()

    def kill(self) -> None:
        self._crew.kill()

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
        for host in self._hosts:
            host.tree.make()
        image = self._image()
        self._job.enter(Phase.DOWNLOADING)
        s3 = self._context.clients.of("s3", self._job.plan.role_arn)
        for host in self._hosts:
            self._job.download(host, s3)
            self._check_stop()
        self._job.enter(Phase.RUNNING)
        end, code = self._execute(image, s3)
        if self._context.stopping.is_set():
            return
        reason = self._job.failure(self._tree, code) if end is End.FAILED else None
        self._job.enter(Phase.UPLOADING)
        self._upload(s3, end)
        self._finish(end, reason)

    def _upload(self, s3: Any, end: End) -> None:
        try:
            self._job.upload(self._hosts, s3, end)
        except DataError as error:
            if end is not End.FAILED:
                raise
            # Why the program failed says more than why what it left could not be taken out.
            log.warning("job %s: %s", self._job.plan.name, error)

    def _image(self) -> Any:
        try:
            return self._context.ports.image(self._job.plan.image_uri)
        except ImageUnavailable as error:
            raise JobFailed(
                f"ClientError: Cannot run the image {self._job.plan.image_uri}: {error}"
            ) from error

    def _execute(self, image: Any, s3: Any) -> tuple[End, int]:
        """Runs the program on every machine; how that ended, and with which exit code."""
        began = time.time()
        with ExitStack() as opened:
            try:
                for host in self._hosts:
                    self._start(host, image, opened)
                end, code = self._wait(time.monotonic() + self._job.plan.most_seconds, s3)
            finally:
                self._crew.kill()
        span = json.dumps({"began": began, "ended": time.time()})
        (self._folder / "process.json").write_text(span, "utf-8")
        return end, code

    def _start(self, host: Host, image: Any, opened: ExitStack) -> None:
        plan, folder = self._job.plan, host.tree.folder
        given = {**plan.environment, **host.environment}
        env = container_env(
            self._context.ports, image, host.tree, plan.role_arn, given, isolated=plan.isolated
        )
        name = f"{plan.name}/{host.name}-{int(time.time())}"
        stream = self._context.logs.open(plan.log_group, name, plan.role_arn)
        opened.callback(self._close, stream)
        copy = opened.enter_context((folder / "log").open("w", encoding="utf-8", buffering=1))

        def on_line(text: str) -> None:
            copy.write(text + "\n")
            stream.write(text)
            self._job.line(text)

        names = host.write_names()
        command, root = self._job.command(image), Path(image.root)
        self._crew.join(start(command, env, root, host.tree.root, on_line, names))

    def _close(self, stream: LogStream) -> None:
        if not self._context.stopping.is_set():
            self._context.logs.close(stream)

    def _wait(self, deadline: float, s3: Any) -> tuple[End, int]:
        grace = self._context.limits.stop_grace_seconds
        while (ended := self._crew.wait(_TICK)) is None:
            if self._context.stopping.is_set():
                self._crew.kill()
            elif early := self._early_end(deadline):
                self._crew.end(grace)
                return early, 0
            else:
                self._job.tick(self._hosts, s3)
        index, code = ended
        if code:
            self._tree = self._hosts[index].tree
            self._crew.end(grace)
        return (End.FAILED if code else End.COMPLETED), code

    def _early_end(self, deadline: float) -> End | None:
        if self.stop_asked.is_set():
            return End.STOPPED
        if time.monotonic() > deadline:
            return End.OUT_OF_TIME
        return End.OUT_OF_WAIT if time.monotonic() > self._over_at else None

    def _check_stop(self) -> None:
        if self.stop_asked.is_set() or self._context.stopping.is_set():
            raise JobStopped

    def _check_wait(self) -> None:
        if time.monotonic() > self._over_at:
            raise WaitExceeded

    def _finish(self, end: End, reason: str | None) -> None:
        if self._context.stopping.is_set():
            return
        # Before the end is told: from then on the name may be deleted, and be another job's.
        for host in self._hosts:
            if end is End.COMPLETED:
                host.tree.shed()
            shutil.rmtree(host.tree.folder / "stage", ignore_errors=True)
        self._job.finish(self._tree, end, reason)


def _folder(context: Context, kind: str, name: str) -> Path:
    return context.state_dir / "jobs" / kind / name


def _reason(error: Exception) -> str:
    text = str(error)
    # What the data's owner can mend is a ClientError in AWS's words.
    return (text if isinstance(error, JobFailed) else f"ClientError: {text}")[:1024]
