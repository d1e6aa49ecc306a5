"""What one run of a training job does."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.context import Context, now
from localcloud.services.sagemaker.jobs.hosts import gather
from localcloud.services.sagemaker.jobs.job import End, Phase, Plan
from localcloud.services.sagemaker.jobs.training.checkpoints import Checkpoints
from localcloud.services.sagemaker.jobs.training.events import TRAINING, training_detail
from localcloud.services.sagemaker.runtime.data import download, upload_archive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.services.sagemaker.jobs.hosts import Host
    from localcloud.services.sagemaker.ports import Image
    from localcloud.services.sagemaker.runtime.tree import Tree
    from localcloud.services.sagemaker.store import Record

KIND = "training-job"
# Called with each value of each metric, as it is printed.
OnMetric = Callable[[str, float], None]
_STATUS = {
    End.COMPLETED: ("Completed", "Completed", "Training job completed"),
    End.FAILED: ("Failed", "Failed", "Training job failed"),
    End.STOPPED: ("Stopped", "Stopped", "Training job stopped"),
    End.OUT_OF_TIME: ("Stopped", "MaxRuntimeExceeded", "Training job runtime exceeded MaxRuntimeInSeconds"),
    End.OUT_OF_WAIT: ("Stopped", "MaxWaitTimeExceeded", "Training job exceeded MaxWaitTimeInSeconds"),
}
_SECONDARY = {
    Phase.DOWNLOADING: ("Downloading", "Downloading input data"),
    Phase.RUNNING: ("Training", "Training image download completed. Training in progress."),
    Phase.UPLOADING: ("Uploading", "Uploading generated training model"),
}


class TrainingJob:
    """One run."""

    def __init__(self, context: Context, record: Record, on_metric: OnMetric | None = None) -> None:
        self._context = context
        self._record = record
        self._on_metric = on_metric
        self._metrics: dict[str, tuple[float, float]] = {}
        specification = record["AlgorithmSpecification"]
        definitions = specification.get("MetricDefinitions", [])
        self._patterns = [(item["Name"], re.compile(item["Regex"])) for item in definitions]
        self._checkpoints = Checkpoints(record["CheckpointConfig"]) if "CheckpointConfig" in record else None
        condition = record["StoppingCondition"]
        names = {"TRAINING_JOB_NAME": record["TrainingJobName"], "TRAINING_JOB_ARN": record["TrainingJobArn"]}
        self.plan = Plan(
            kind=KIND,
            name=record["TrainingJobName"],
            image_uri=specification["TrainingImage"],
            role_arn=record["RoleArn"],
            log_group="/aws/sagemaker/TrainingJobs",
            most_seconds=condition["MaxRuntimeInSeconds"],
            environment=record.get("Environment", {}) | names,
            isolated=record["EnableNetworkIsolation"],
            hosts=record["ResourceConfig"]["InstanceCount"],
            most_wait_seconds=condition.get("MaxWaitTimeInSeconds"),
        )

    def enter(self, phase: Phase) -> None:
        secondary, message = _SECONDARY[phase]

        def change(record: Record) -> None:
            if phase is Phase.RUNNING:
                record["TrainingStartTime"] = now()
            if record["TrainingJobStatus"] == "InProgress":
                move(record, "InProgress", secondary, message)

        self._change(change)

    def download(self, host: Host, s3: Any) -> None:
        channels, tree = self._record.get("InputDataConfig", []), host.tree
        tree.write_json("input/config/hyperparameters.json", self._record.get("HyperParameters", {}))
        tree.write_json(
            "input/config/inputdataconfig.json", {c["ChannelName"]: _channel(c) for c in channels}
        )
        tree.write_json("input/config/resourceconfig.json", self._resources(host))
        for channel in channels:
            source = channel["DataSource"]["S3DataSource"]
            download(
                s3,
                source["S3Uri"],
                source["S3DataType"],
                tree.root / "input" / "data" / channel["ChannelName"],
                host.share(source.get("S3DataDistributionType")),
            )
        if self._checkpoints is not None:
            self._checkpoints.restore(tree, s3)

    def _resources(self, host: Host) -> Record:
        kind = self._record["ResourceConfig"].get("InstanceType")
        group = {"instance_group_name": "homogeneousCluster", "instance_type": kind, "hosts": host.names}
        return host.described() | {
            "current_instance_type": kind,
            "current_group_name": group["instance_group_name"],
            "instance_groups": [group],
            "network_interface_name": "lo",
        }

    def tick(self, hosts: Sequence[Host], s3: Any) -> None:
        if self._checkpoints is not None:
            self._checkpoints.save_at_times([host.tree for host in hosts], s3)

    def command(self, image: Image) -> Sequence[str]:
        specification = self._record["AlgorithmSpecification"]
        entry = specification.get("ContainerEntrypoint")
        arguments = specification.get("ContainerArguments", [])
        return [*entry, *arguments] if entry else [*image.argv_prefix, *(arguments or ["train"])]

    def line(self, text: str) -> None:
        for name, pattern in self._patterns:
            if match := pattern.search(text):
                try:
                    value = float(match.group(1))
                except (ValueError, IndexError):
                    continue
                if not math.isfinite(value):
                    # No metric can have it, and JSON cannot say it.
                    continue
                self._metrics[name] = (value, now())
                if self._on_metric is not None:
                    self._on_metric(name, value)

    def failure(self, tree: Tree, exit_code: int) -> str:
        said = tree.read_message("output/failure") or "See job logs for more information"
        return f"AlgorithmError: {said}"[:1000] + f", exit code: {exit_code}"

    def upload(self, hosts: Sequence[Host], s3: Any, end: End) -> None:
        if self._checkpoints is not None:
            self._checkpoints.save([host.tree for host in hosts], s3)
        key = self._record["OutputDataConfig"].get("KmsKeyId")
        for folder, name in (("model", "model"), ("output/data", "output")):
            source = gather(hosts, folder)
            wanted = any(source.iterdir()) if source.is_dir() else False
            if wanted and (name == "output" or end is not End.FAILED):
                draft = hosts[0].tree.folder / f"{name}.tar.gz"
                upload_archive(s3, source, draft, artifact(self._record, name), key)

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
            if self._metrics:
                record["FinalMetricDataList"] = self._final_metrics()
            move(record, status, secondary, reason or message)
            record["SecondaryStatusTransitions"][-1]["EndTime"] = ended

        self._change(change)

    def _final_metrics(self) -> list[Record]:
        return [
            {"MetricName": n, "Value": value, "Timestamp": at} for n, (value, at) in self._metrics.items()
        ]

    def _change(self, change: Any) -> None:
        record = self._context.stores.of(KIND).change(self.plan.name, change)
        self._context.emit(TRAINING, record["TrainingJobArn"], training_detail(record))


def move(record: Record, status: str, secondary: str, message: str) -> None:
    """Into a status, with its line in the history."""
    time = now()
    history = record.setdefault("SecondaryStatusTransitions", [])
    if history:
        history[-1].setdefault("EndTime", time)
    history.append({"Status": secondary, "StartTime": time, "StatusMessage": message[:1024]})
    record |= {"TrainingJobStatus": status, "SecondaryStatus": secondary, "LastModifiedTime": time}


def artifact(record: Record, name: str) -> str:
    path = record["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    return f"{path}/{record['TrainingJobName']}/output/{name}.tar.gz"


def _channel(channel: Record) -> dict[str, str]:
    """A channel as the container reads it in inputdataconfig.json."""
    source = channel["DataSource"]["S3DataSource"]
    described = {
        "TrainingInputMode": "File",
        "S3DistributionType": source.get("S3DataDistributionType", "FullyReplicated"),
        "RecordWrapperType": channel.get("RecordWrapperType", "None"),
    }
    return described | ({"ContentType": channel["ContentType"]} if "ContentType" in channel else {})
