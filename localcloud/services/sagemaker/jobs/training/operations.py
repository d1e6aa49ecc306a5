"""The operations of training jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, Operation, now
from localcloud.services.sagemaker.jobs.job import End
from localcloud.services.sagemaker.jobs.training.events import TRAINING, training_detail
from localcloud.services.sagemaker.listing import Listing
from localcloud.services.sagemaker.unsupported import refuse_other_values

if TYPE_CHECKING:
    from localcloud.services.sagemaker.jobs.runner import Runner
    from localcloud.services.sagemaker.store import Record

from localcloud.services.sagemaker.jobs.refusals import CLOUD_STOPPED, job_exists, job_not_over, job_over
from localcloud.services.sagemaker.jobs.training.request import DEFAULT_RUNTIME, check
from localcloud.services.sagemaker.jobs.training.run import KIND, OnMetric, TrainingJob, artifact, move

_ALWAYS = ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining")


class TrainingJobs:
    """Create, Describe, List, Stop and Delete."""

    def __init__(self, context: Context, runner: Runner) -> None:
        self._context = context
        self._runner = runner
        self._store = context.stores.of(KIND)
        self._listing = Listing("TrainingJobSummaries", "TrainingJobName", "TrainingJobStatus")
        self.operations: dict[str, Operation] = {
            "CreateTrainingJob": self.create,
            "DescribeTrainingJob": self.describe,
            "ListTrainingJobs": self.page,
            "StopTrainingJob": self.stop,
            "DeleteTrainingJob": self.delete,
        }

    def create(self, call: Call) -> Record:
        check(call)
        return {"TrainingJobArn": self.launch(call.payload)["TrainingJobArn"]}

    def launch(
        self, payload: Record, more: Record | None = None, on_metric: OnMetric | None = None
    ) -> Record:
        """Start a job that was checked before; its record. A tuning job adds members and hears metrics."""
        name = payload["TrainingJobName"]
        record = self._record(payload) | (more or {})
        job = TrainingJob(self._context, record, on_metric)
        with self._store.lock:
            if self._store.get(name) is not None:
                raise job_exists(record["TrainingJobArn"])
            self._store.put(name, record)
            run = self._runner.add(job)
        self._context.emit(TRAINING, record["TrainingJobArn"], training_detail(record))
        run.start()
        return record

    def describe(self, call: Call) -> Record:
        return self._found(call.payload["TrainingJobName"])

    def page(self, call: Call) -> Record:
        for member in ("WarmPoolStatusEquals", "TrainingPlanArnEquals"):
            refuse_other_values(call.action, member, call.payload.get(member), ())
        return self._listing.page(self._store.all(), call.payload)

    def stop(self, call: Call) -> Record:
        name = call.payload["TrainingJobName"]
        with self._store.lock:
            record = self._found(name)
            if record["TrainingJobStatus"] == "Stopping":
                return {}
            if record["TrainingJobStatus"] != "InProgress":
                raise job_over("training", record["TrainingJobStatus"])
            record = self._store.change(
                name, lambda job: move(job, "Stopping", "Stopping", "Stopping the training job")
            )
        self._context.emit(TRAINING, record["TrainingJobArn"], training_detail(record))
        self._runner.stop(KIND, name)
        return {}

    def delete(self, call: Call) -> Record:
        name = call.payload["TrainingJobName"]
        with self._store.lock:
            record = self._found(name)
            if record["TrainingJobStatus"] in ("InProgress", "Stopping"):
                raise job_not_over(record["TrainingJobArn"], record["TrainingJobStatus"])
            self._store.delete(name)
        self._runner.forget(KIND, name)
        return {}

    def recover(self) -> None:
        """After a restart: what was running is not any more."""
        for record in self._store.all():
            if record["TrainingJobStatus"] in ("InProgress", "Stopping"):
                TrainingJob(self._context, record).finish(None, End.FAILED, CLOUD_STOPPED)

    def _found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            # The model declares ResourceNotFound; AWS answers with this (aws/aws-sdk issue 165), and
            # the waiter of boto3 looks for it.
            raise ApiError("ValidationException", "Requested resource not found.")
        return record

    def _record(self, payload: Record) -> Record:
        name, time = payload["TrainingJobName"], now()
        record: Record = dict.fromkeys(_ALWAYS, False) | payload
        record |= {
            "TrainingJobArn": self._context.arn(KIND, name),
            "CreationTime": time,
            "ModelArtifacts": {},
        }
        record["ModelArtifacts"] = {"S3ModelArtifacts": artifact(payload, "model")}
        record["StoppingCondition"] = {"MaxRuntimeInSeconds": DEFAULT_RUNTIME} | payload.get(
            "StoppingCondition", {}
        )
        move(record, "InProgress", "Starting", "Starting the training job")
        return record
