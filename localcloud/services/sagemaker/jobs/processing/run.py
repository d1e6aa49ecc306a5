"""What one run of a processing job does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.context import Context, now
from localcloud.services.sagemaker.jobs.job import End, Phase, Plan
from localcloud.services.sagemaker.jobs.processing.events import PROCESSING, processing_detail
from localcloud.services.sagemaker.runtime.data import download, upload_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from localcloud.services.sagemaker.jobs.hosts import Host
    from localcloud.services.sagemaker.ports import Image
    from localcloud.services.sagemaker.runtime.tree import Tree
    from localcloud.services.sagemaker.store import Record

KIND = "processing-job"
_STATUS = {
    End.COMPLETED: "Completed",
    End.FAILED: "Failed",
    End.STOPPED: "Stopped",
    End.OUT_OF_TIME: "Stopped",
    End.OUT_OF_WAIT: "Stopped",
}


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
            hosts=record["ProcessingResources"]["ClusterConfig"]["InstanceCount"],
        )

    def enter(self, phase: Phase) -> None:
        if phase is Phase.RUNNING:
            self._change(lambda record: record.update(ProcessingStartTime=now(), LastModifiedTime=now()))

    def download(self, host: Host, s3: Any) -> None:
        tree = host.tree
        tree.write_json("config/processingjobconfig.json", _described(self._record))
        tree.write_json("config/resourceconfig.json", host.described())
        for item in self._record.get("ProcessingInputs", []):
            source = item["S3Input"]
            share = host.share(source.get("S3DataDistributionType"))
            download(s3, source["S3Uri"], source["S3DataType"], tree.at(source["LocalPath"]), share)
        for item in _outputs(self._record):
            tree.at(item["LocalPath"]).mkdir(parents=True, exist_ok=True)

    def tick(self, hosts: Sequence[Host], s3: Any) -> None:
        """A processing job's outputs are uploaded at its end."""

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

    def upload(self, hosts: Sequence[Host], s3: Any, end: End) -> None:
        """All machines upload to one place; of equal names the first machine's is the last."""
        if end is not End.COMPLETED:
            return
        key = self._record.get("ProcessingOutputConfig", {}).get("KmsKeyId")
        for host in reversed(hosts):
            for item in _outputs(self._record):
                upload_folder(s3, host.tree.at(item["LocalPath"]), item["S3Uri"], key)

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


def _outputs(record: Record) -> list[Record]:
    return [item["S3Output"] for item in record.get("ProcessingOutputConfig", {}).get("Outputs", [])]


def _described(record: Record) -> Record:
    """processingjobconfig.json: the job as it was asked for, and its ARN."""
    private = ("Tags", "ProcessingJobStatus", "CreationTime", "LastModifiedTime")
    return {name: value for name, value in record.items() if name not in private}
