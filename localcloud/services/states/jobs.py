"""How the API names the jobs that `sagemaker:*` tasks run, and the requests that end at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """The names of one kind of job in the API."""

    kind: str
    describe: str
    stop: str

    @property
    def name(self) -> str:
        return f"{self.kind}Name"

    @property
    def status(self) -> str:
        return f"{self.kind}Status"


JOBS = {
    "createTrainingJob": Job("TrainingJob", "describeTrainingJob", "stopTrainingJob"),
    "createProcessingJob": Job("ProcessingJob", "describeProcessingJob", "stopProcessingJob"),
    "createTransformJob": Job("TransformJob", "describeTransformJob", "stopTransformJob"),
    "createHyperParameterTuningJob": Job(
        "HyperParameterTuningJob", "describeHyperParameterTuningJob", "stopHyperParameterTuningJob"
    ),
}
REQUESTS = ("createModel", "createEndpointConfig", "createEndpoint", "updateEndpoint")
