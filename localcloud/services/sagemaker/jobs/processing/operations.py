"""The operations of processing jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, Operation, now
from localcloud.services.sagemaker.jobs.job import End
from localcloud.services.sagemaker.jobs.processing.events import PROCESSING, processing_detail
from localcloud.services.sagemaker.listing import Listing

if TYPE_CHECKING:
    from localcloud.services.sagemaker.jobs.runner import Runner
    from localcloud.services.sagemaker.store import Record

from localcloud.services.sagemaker.jobs.processing.request import check
from localcloud.services.sagemaker.jobs.processing.run import KIND, ProcessingJob
from localcloud.services.sagemaker.jobs.refusals import CLOUD_STOPPED, job_exists, job_not_over, job_over


class ProcessingJobs:
    """Create, Describe, List, Stop and Delete."""

    def __init__(self, context: Context, runner: Runner) -> None:
        self._context = context
        self._runner = runner
        self._store = context.stores.of(KIND)
        self._listing = Listing("ProcessingJobSummaries", "ProcessingJobName", "ProcessingJobStatus")
        self.operations: dict[str, Operation] = {
            "CreateProcessingJob": self.create,
            "DescribeProcessingJob": self.describe,
            "ListProcessingJobs": self.page,
            "StopProcessingJob": self.stop,
            "DeleteProcessingJob": self.delete,
        }

    def create(self, call: Call) -> Record:
        check(call)
        name, time = call.payload["ProcessingJobName"], now()
        record = call.payload | {
            "ProcessingJobArn": self._context.arn(KIND, name),
            "ProcessingJobStatus": "InProgress",
        }
        record |= {"CreationTime": time, "LastModifiedTime": time}
        record["StoppingCondition"] = {"MaxRuntimeInSeconds": 86400} | call.payload.get(
            "StoppingCondition", {}
        )
        with self._store.lock:
            if self._store.get(name) is not None:
                raise job_exists(record["ProcessingJobArn"])
            self._store.put(name, record)
            run = self._runner.add(ProcessingJob(self._context, record))
        self._context.emit(PROCESSING, record["ProcessingJobArn"], processing_detail(record))
        run.start()
        return {"ProcessingJobArn": record["ProcessingJobArn"]}

    def describe(self, call: Call) -> Record:
        return self._found(call.payload["ProcessingJobName"])

    def page(self, call: Call) -> Record:
        return self._listing.page(self._store.all(), call.payload)

    def stop(self, call: Call) -> Record:
        name = call.payload["ProcessingJobName"]
        with self._store.lock:
            record = self._found(name)
            if record["ProcessingJobStatus"] == "Stopping":
                return {}
            if record["ProcessingJobStatus"] != "InProgress":
                raise job_over("processing", record["ProcessingJobStatus"])
            stopping = {"ProcessingJobStatus": "Stopping", "LastModifiedTime": now()}
            record = self._store.change(name, lambda job: job.update(stopping))
        self._context.emit(PROCESSING, record["ProcessingJobArn"], processing_detail(record))
        self._runner.stop(KIND, name)
        return {}

    def delete(self, call: Call) -> Record:
        name = call.payload["ProcessingJobName"]
        with self._store.lock:
            record = self._found(name)
            if record["ProcessingJobStatus"] in ("InProgress", "Stopping"):
                raise job_not_over(record["ProcessingJobArn"], record["ProcessingJobStatus"])
            self._store.delete(name)
        self._runner.forget(KIND, name)
        return {}

    def recover(self) -> None:
        """After a restart: what was running is not any more."""
        for record in self._store.all():
            if record["ProcessingJobStatus"] in ("InProgress", "Stopping"):
                ProcessingJob(self._context, record).finish(None, End.FAILED, CLOUD_STOPPED)

    def _found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            raise ApiError("ValidationException", f"Could not find requested job with name: {name}")
        return record
