"""Processing jobs: the API's operations, and what one run of a processing job does."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from localcloud.sagemaker.context import Call, Context, Operation, now
from localcloud.sagemaker.jobs.events import PROCESSING, processing_detail
from localcloud.sagemaker.jobs.job import End, Phase, Plan
from localcloud.sagemaker.jobs.training import CLOUD_STOPPED, job_exists, job_over
from localcloud.sagemaker.listing import Listing
from localcloud.sagemaker.ports import ApiError, Image
from localcloud.sagemaker.runtime.data import download, upload_folder
from localcloud.sagemaker.runtime.tree import Tree, checked_container_path
from localcloud.sagemaker.unsupported import (
    Honoured,
    leaves,
    refuse_other_values,
    refuse_unsupported,
    unsupported,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.sagemaker.jobs.runner import Runner
    from localcloud.sagemaker.store import Record

KIND = "processing-job"
PROCESSING_FOLDER = PurePosixPath("/opt/ml/processing")
_HONOURED: Honoured = {
    **leaves("ProcessingJobName", "StoppingCondition", "AppSpecification", "Environment", "RoleArn", "Tags"),
    **leaves("NetworkConfig", "ExperimentConfig"),
    "ProcessingInputs": {
        "InputName": None,
        "S3Input": leaves(
            *(
                "S3Uri",
                "LocalPath",
                "S3DataType",
                "S3InputMode",
                "S3DataDistributionType",
                "S3CompressionType",
            )
        ),
    },
    "ProcessingOutputConfig": {
        "KmsKeyId": None,
        "Outputs": {"OutputName": None, "S3Output": leaves("S3Uri", "LocalPath", "S3UploadMode")},
    },
    "ProcessingResources": {
        "ClusterConfig": leaves("InstanceCount", "InstanceType", "VolumeSizeInGB", "VolumeKmsKeyId"),
    },
}
_STATUS = {
    End.COMPLETED: "Completed",
    End.FAILED: "Failed",
    End.STOPPED: "Stopped",
    End.OUT_OF_TIME: "Stopped",
}


class ProcessingJobs:
    """Create, Describe, List and Stop."""

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
        }

    def create(self, call: Call) -> Record:
        _check(call)
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
        self._context.emit(PROCESSING, record["ProcessingJobArn"], processing_detail(record))
        self._runner.start(ProcessingJob(self._context, record))
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

    def recover(self) -> None:
        """After a restart: what was running is not any more."""
        for record in self._store.all():
            if record["ProcessingJobStatus"] in ("InProgress", "Stopping"):
                ProcessingJob(self._context, record).finish(None, End.FAILED, CLOUD_STOPPED)

    def _found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            raise ApiError("ResourceNotFound", f"Could not find requested job with name: {name}")
        return record


class ProcessingJob:
    """One run."""

    def __init__(self, context: Context, record: Record) -> None:
        self._context = context
        self._record = record
        names = {
            "PROCESSING_JOB_NAME": record["ProcessingJobName"],
            "PROCESSING_JOB_ARN": record["ProcessingJobArn"],
        }
        self.plan = Plan(
            kind=KIND,
            name=record["ProcessingJobName"],
            image_uri=record["AppSpecification"]["ImageUri"],
            role_arn=record["RoleArn"],
            log_group="/aws/sagemaker/ProcessingJobs",
            most_seconds=record["StoppingCondition"]["MaxRuntimeInSeconds"],
            environment=record.get("Environment", {}) | names,
            isolated=bool(record.get("NetworkConfig", {}).get("EnableNetworkIsolation", False)),
        )

    def enter(self, phase: Phase) -> None:
        if phase is Phase.RUNNING:
            self._change(lambda record: record.update(ProcessingStartTime=now(), LastModifiedTime=now()))

    def download(self, tree: Tree, s3: Any) -> None:
        tree.write_json("config/processingjobconfig.json", _described(self._record))
        hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
        tree.write_json("config/resourceconfig.json", hosts)
        for item in self._record.get("ProcessingInputs", []):
            source = item["S3Input"]
            download(s3, source["S3Uri"], source["S3DataType"], tree.at(source["LocalPath"]))
        for item in _outputs(self._record):
            tree.at(item["LocalPath"]).mkdir(parents=True, exist_ok=True)

    def command(self, image: Image) -> Sequence[str]:
        specification = self._record["AppSpecification"]
        entry = specification.get("ContainerEntrypoint")
        arguments = specification.get("ContainerArguments", [])
        return (
            [*entry, *arguments] if entry else [*image.argv_prefix, *(arguments or image.default_arguments)]
        )

    def line(self, text: str) -> None:
        """A processing job has no metrics to look for."""

    def failure(self, tree: Tree, exit_code: int) -> str:
        said = tree.read_message("output/message") or "See job logs for more information"
        return f"AlgorithmError: {said}"[:1000] + f", exit code: {exit_code}"

    def upload(self, tree: Tree, s3: Any, end: End) -> None:
        if end is End.COMPLETED:
            key = self._record.get("ProcessingOutputConfig", {}).get("KmsKeyId")
            for item in _outputs(self._record):
                upload_folder(s3, tree.at(item["LocalPath"]), item["S3Uri"], key)

    def finish(self, tree: Tree | None, end: End, reason: str | None) -> None:
        message = tree.read_message("output/message") if tree else None

        def change(record: Record) -> None:
            time = now()
            record |= {
                "ProcessingJobStatus": _STATUS[end],
                "ProcessingEndTime": time,
                "LastModifiedTime": time,
            }
            if message:
                record["ExitMessage"] = message
            if end is End.OUT_OF_TIME:
                record["ExitMessage"] = (
                    "The job ran longer than StoppingCondition.MaxRuntimeInSeconds and was stopped."
                )
            if reason:
                record["FailureReason"] = reason

        self._change(change)

    def _change(self, change: Any) -> None:
        record = self._context.stores.of(KIND).change(self.plan.name, change)
        self._context.emit(PROCESSING, record["ProcessingJobArn"], processing_detail(record))


def _check(call: Call) -> None:
    payload = call.payload
    refuse_unsupported(call.action, payload, _HONOURED)
    count = payload["ProcessingResources"]["ClusterConfig"].get("InstanceCount")
    refuse_other_values(call.action, "InstanceCount", count, (1,))
    for item in payload.get("ProcessingInputs", []):
        if "S3Input" not in item:
            raise unsupported(call.action, f"ProcessingInputs {item['InputName']} without S3Input")
        _check_input(call.action, item["S3Input"])
    for item in payload.get("ProcessingOutputConfig", {}).get("Outputs", []):
        if "S3Output" not in item:
            raise unsupported(call.action, f"Outputs {item['OutputName']} without S3Output")
        refuse_other_values(call.action, "S3UploadMode", item["S3Output"]["S3UploadMode"], ("EndOfJob",))
        _check_local_path(item["S3Output"])


def _check_input(action: str, source: Record) -> None:
    refuse_other_values(action, "S3InputMode", source.get("S3InputMode"), ("File",))
    refuse_other_values(action, "S3CompressionType", source.get("S3CompressionType"), ("None",))
    _check_local_path(source)


def _check_local_path(source: Record) -> None:
    if not source.get("LocalPath"):
        raise ApiError("ValidationException", f"LocalPath must be set for {source['S3Uri']}.")
    checked_container_path(source["LocalPath"], PROCESSING_FOLDER)


def _outputs(record: Record) -> list[Record]:
    return [item["S3Output"] for item in record.get("ProcessingOutputConfig", {}).get("Outputs", [])]


def _described(record: Record) -> Record:
    """processingjobconfig.json: the job as it was asked for, and its ARN."""
    private = ("Tags", "ProcessingJobStatus", "CreationTime", "LastModifiedTime")
    return {name: value for name, value in record.items() if name not in private}
