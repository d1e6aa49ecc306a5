"""Training jobs: the API's operations, and what one run of a training job does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from localcloud.sagemaker.context import Call, Context, Operation, now
from localcloud.sagemaker.jobs.events import TRAINING, training_detail
from localcloud.sagemaker.jobs.job import End, Phase, Plan
from localcloud.sagemaker.listing import Listing
from localcloud.sagemaker.ports import ApiError, Image
from localcloud.sagemaker.runtime.data import download, upload_archive
from localcloud.sagemaker.unsupported import Honoured, leaves, refuse_other_values, refuse_unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.sagemaker.jobs.runner import Runner
    from localcloud.sagemaker.runtime.tree import Tree
    from localcloud.sagemaker.store import Record

KIND = "training-job"
_HONOURED: Honoured = {
    **leaves(
        "TrainingJobName",
        "HyperParameters",
        "RoleArn",
        "StoppingCondition",
        "Tags",
        "VpcConfig",
        "Environment",
    ),
    **leaves("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "ExperimentConfig"),
    "AlgorithmSpecification": leaves(
        *("TrainingImage", "TrainingInputMode", "MetricDefinitions"),
        *("ContainerEntrypoint", "ContainerArguments", "EnableSageMakerMetricsTimeSeries"),
    ),
    "InputDataConfig": {
        "DataSource": {"S3DataSource": leaves("S3DataType", "S3Uri", "S3DataDistributionType")},
        **leaves("ChannelName", "ContentType", "CompressionType", "RecordWrapperType", "InputMode"),
    },
    "OutputDataConfig": leaves("KmsKeyId", "S3OutputPath", "CompressionType"),
    "ResourceConfig": leaves("InstanceType", "InstanceCount", "VolumeSizeInGB", "VolumeKmsKeyId"),
}
_STATUS = {
    End.COMPLETED: ("Completed", "Completed", "Training job completed"),
    End.FAILED: ("Failed", "Failed", "Training job failed"),
    End.STOPPED: ("Stopped", "Stopped", "Training job stopped"),
    End.OUT_OF_TIME: ("Stopped", "MaxRuntimeExceeded", "Training job runtime exceeded MaxRuntimeInSeconds"),
}
_SECONDARY = {
    Phase.DOWNLOADING: ("Downloading", "Downloading input data"),
    Phase.RUNNING: ("Training", "Training image download completed. Training in progress."),
    Phase.UPLOADING: ("Uploading", "Uploading generated training model"),
}
_ALWAYS = ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption", "EnableManagedSpotTraining")


class TrainingJobs:
    """Create, Describe, List and Stop."""

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
        }

    def create(self, call: Call) -> Record:
        _check(call)
        name = call.payload["TrainingJobName"]
        record = self._record(call.payload)
        with self._store.lock:
            if self._store.get(name) is not None:
                raise job_exists(record["TrainingJobArn"])
            self._store.put(name, record)
        self._context.emit(TRAINING, record["TrainingJobArn"], training_detail(record))
        self._runner.start(TrainingJob(self._context, record))
        return {"TrainingJobArn": record["TrainingJobArn"]}

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
                name, lambda job: _move(job, "Stopping", "Stopping", "Stopping the training job")
            )
        self._context.emit(TRAINING, record["TrainingJobArn"], training_detail(record))
        self._runner.stop(KIND, name)
        return {}

    def recover(self) -> None:
        """After a restart: what was running is not any more."""
        for record in self._store.all():
            if record["TrainingJobStatus"] in ("InProgress", "Stopping"):
                TrainingJob(self._context, record).finish(None, End.FAILED, CLOUD_STOPPED)

    def _found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            raise ApiError("ResourceNotFound", "Requested resource not found.")
        return record

    def _record(self, payload: Record) -> Record:
        name, time = payload["TrainingJobName"], now()
        record: Record = dict.fromkeys(_ALWAYS, False) | payload
        record |= {
            "TrainingJobArn": self._context.arn(KIND, name),
            "CreationTime": time,
            "ModelArtifacts": {},
        }
        record["ModelArtifacts"] = {"S3ModelArtifacts": _artifact(payload, "model")}
        record["StoppingCondition"] = {"MaxRuntimeInSeconds": 86400} | payload.get("StoppingCondition", {})
        _move(record, "InProgress", "Starting", "Starting the training job")
        return record


class TrainingJob:
    """One run."""

    def __init__(self, context: Context, record: Record) -> None:
        self._context = context
        self._record = record
        self._metrics: dict[str, tuple[float, float]] = {}
        specification = record["AlgorithmSpecification"]
        definitions = specification.get("MetricDefinitions", [])
        self._patterns = [(item["Name"], re.compile(item["Regex"])) for item in definitions]
        names = {"TRAINING_JOB_NAME": record["TrainingJobName"], "TRAINING_JOB_ARN": record["TrainingJobArn"]}
        self.plan = Plan(
            kind=KIND,
            name=record["TrainingJobName"],
            image_uri=specification["TrainingImage"],
            role_arn=record["RoleArn"],
            log_group="/aws/sagemaker/TrainingJobs",
            most_seconds=record["StoppingCondition"]["MaxRuntimeInSeconds"],
            environment=record.get("Environment", {}) | names,
            isolated=record["EnableNetworkIsolation"],
        )

    def enter(self, phase: Phase) -> None:
        secondary, message = _SECONDARY[phase]

        def change(record: Record) -> None:
            if phase is Phase.RUNNING:
                record["TrainingStartTime"] = now()
            if record["TrainingJobStatus"] == "InProgress":
                _move(record, "InProgress", secondary, message)

        self._change(change)

    def download(self, tree: Tree, s3: Any) -> None:
        channels = self._record.get("InputDataConfig", [])
        resources = {"current_host": "algo-1", "hosts": ["algo-1"], "network_interface_name": "lo"}
        instance = self._record["ResourceConfig"].get("InstanceType")
        resources |= {"current_instance_type": instance, "current_group_name": "homogeneousCluster"}
        tree.write_json("input/config/hyperparameters.json", self._record.get("HyperParameters", {}))
        tree.write_json(
            "input/config/inputdataconfig.json", {c["ChannelName"]: _channel(c) for c in channels}
        )
        tree.write_json("input/config/resourceconfig.json", resources)
        for channel in channels:
            source = channel["DataSource"]["S3DataSource"]
            download(
                s3,
                source["S3Uri"],
                source["S3DataType"],
                tree.root / "input" / "data" / channel["ChannelName"],
            )

    def command(self, image: Image) -> Sequence[str]:
        specification = self._record["AlgorithmSpecification"]
        entry = specification.get("ContainerEntrypoint")
        arguments = specification.get("ContainerArguments", [])
        return [*entry, *arguments] if entry else [*image.argv_prefix, *(arguments or ["train"])]

    def line(self, text: str) -> None:
        for name, pattern in self._patterns:
            if match := pattern.search(text):
                try:
                    self._metrics[name] = (float(match.group(1)), now())
                except (ValueError, IndexError):
                    continue

    def failure(self, tree: Tree, exit_code: int) -> str:
        said = tree.read_message("output/failure") or "See job logs for more information"
        return f"AlgorithmError: {said}"[:1000] + f", exit code: {exit_code}"

    def upload(self, tree: Tree, s3: Any, end: End) -> None:
        key = self._record["OutputDataConfig"].get("KmsKeyId")
        for folder, name in (("model", "model"), ("output/data", "output")):
            source = tree.root / folder
            wanted = any(source.iterdir()) if source.is_dir() else False
            if wanted and (name == "output" or end is not End.FAILED):
                upload_archive(s3, source, tree.folder / f"{name}.tar.gz", _artifact(self._record, name), key)

    def finish(self, tree: Tree | None, end: End, reason: str | None) -> None:  # noqa: ARG002 - as all jobs
        status, secondary, message = _STATUS[end]

        def change(record: Record) -> None:
            started, ended = record.get("TrainingStartTime"), now()
            if reason:
                record["FailureReason"] = reason
            if started is not None:
                spent = max(1, round(ended - started))
                record |= {"TrainingTimeInSeconds": spent, "BillableTimeInSeconds": spent}
            record["TrainingEndTime"] = ended
            record["FinalMetricDataList"] = self._final_metrics()
            _move(record, status, secondary, reason or message)
            record["SecondaryStatusTransitions"][-1]["EndTime"] = ended

        self._change(change)

    def _final_metrics(self) -> list[Record]:
        return [
            {"MetricName": n, "Value": value, "Timestamp": at} for n, (value, at) in self._metrics.items()
        ]

    def _change(self, change: Any) -> None:
        record = self._context.stores.of(KIND).change(self.plan.name, change)
        self._context.emit(TRAINING, record["TrainingJobArn"], training_detail(record))


CLOUD_STOPPED = (
    "InternalServerError: the local cloud was stopped while this job ran. Please start the job again."
)


def job_exists(arn: str) -> ApiError:
    message = (
        f"Job name must be unique within an AWS account and region, "
        f"and a job with this name already exists ({arn})"
    )
    return ApiError("ResourceInUse", message)


def job_over(kind: str, status: str) -> ApiError:
    return ApiError(
        "ValidationException", f"The request was rejected because the {kind} job is in status {status}."
    )


def _move(record: Record, status: str, secondary: str, message: str) -> None:
    """Into a status, with its line in the history."""
    time = now()
    history = record.setdefault("SecondaryStatusTransitions", [])
    if history:
        history[-1].setdefault("EndTime", time)
    history.append({"Status": secondary, "StartTime": time, "StatusMessage": message[:1024]})
    record |= {"TrainingJobStatus": status, "SecondaryStatus": secondary, "LastModifiedTime": time}


def _check(call: Call) -> None:
    payload = call.payload
    refuse_unsupported(call.action, payload, _HONOURED)
    for member in ("AlgorithmSpecification", "ResourceConfig"):
        if member not in payload:
            raise ApiError(
                "ValidationException", f"{member} is required: localcloud has no serverless training jobs."
            )
    specification = payload["AlgorithmSpecification"]
    if not specification.get("TrainingImage"):
        raise ApiError("ValidationException", "AlgorithmSpecification.TrainingImage must be set.")
    files = ("File", "FastFile")
    refuse_other_values(call.action, "TrainingInputMode", specification.get("TrainingInputMode"), files)
    refuse_other_values(
        call.action, "ResourceConfig.InstanceCount", payload["ResourceConfig"].get("InstanceCount"), (1,)
    )
    refuse_other_values(
        call.action, "CompressionType", payload["OutputDataConfig"].get("CompressionType"), ("GZIP",)
    )
    for channel in payload.get("InputDataConfig", []):
        _check_channel(call.action, channel)
    for definition in specification.get("MetricDefinitions", []):
        _check_regex(definition)


def _check_channel(action: str, channel: Record) -> None:
    source = channel["DataSource"].get("S3DataSource")
    if source is None:
        raise ApiError("ValidationException", f"Channel {channel['ChannelName']} has no S3DataSource.")
    refuse_other_values(action, "S3DataType", source["S3DataType"], ("S3Prefix", "ManifestFile"))
    refuse_other_values(action, "CompressionType", channel.get("CompressionType"), ("None",))
    refuse_other_values(action, "RecordWrapperType", channel.get("RecordWrapperType"), ("None",))
    refuse_other_values(action, "InputMode", channel.get("InputMode"), ("File", "FastFile"))


def _check_regex(definition: Record) -> None:
    try:
        re.compile(definition["Regex"])
    except re.error as error:
        message = f"The Regex of metric {definition['Name']} is not a regular expression: {error}"
        raise ApiError("ValidationException", message) from None


def _channel(channel: Record) -> dict[str, str]:
    """A channel as the container reads it in inputdataconfig.json."""
    source = channel["DataSource"]["S3DataSource"]
    described = {
        "TrainingInputMode": "File",
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    return described | ({"ContentType": channel["ContentType"]} if "ContentType" in channel else {})


def _artifact(record: Record, name: str) -> str:
    path = record["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    return f"{path}/{record['TrainingJobName']}/output/{name}.tar.gz"
