"""The operations of tuning jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, Operation, now
from localcloud.services.sagemaker.jobs.refusals import job_exists, job_not_over, job_over
from localcloud.services.sagemaker.jobs.tuning import warm_start
from localcloud.services.sagemaker.jobs.tuning.events import TUNING, tuning_detail
from localcloud.services.sagemaker.jobs.tuning.ranges import combinations, tunables
from localcloud.services.sagemaker.jobs.tuning.request import check
from localcloud.services.sagemaker.jobs.tuning.run import KIND, Tuning
from localcloud.services.sagemaker.jobs.tuning.trials import counters, objective_value, summary, trials_of
from localcloud.services.sagemaker.listing import Listing, page_of
from localcloud.services.sagemaker.store import Record

if TYPE_CHECKING:
    from localcloud.services.sagemaker.jobs.training.operations import TrainingJobs

_NAME, _ARN, _STATUS = (
    "HyperParameterTuningJobName",
    "HyperParameterTuningJobArn",
    "HyperParameterTuningJobStatus",
)
_GOING_ON = ("InProgress", "Stopping")
# What a list of trials is sorted by; a trial without such a value is not listed, as on AWS.
_RANKS: dict[str, Callable[[Record, Record], Any]] = {
    "Name": lambda trial, _: trial["TrainingJobName"],
    "CreationTime": lambda trial, _: trial["CreationTime"],
    "Status": lambda trial, _: trial["TrainingJobStatus"],
    "FinalObjectiveMetricValue": objective_value,
}


class TuningJobs:
    """Create, Describe, List, Stop and Delete, and the list of a job's trials."""

    def __init__(self, context: Context, training: TrainingJobs) -> None:
        self._context = context
        self._training = training
        self._store = context.stores.of(KIND)
        self._listing = Listing("HyperParameterTuningJobSummaries", _NAME, _STATUS)
        self._running: dict[str, Tuning] = {}
        self.operations: dict[str, Operation] = {
            "CreateHyperParameterTuningJob": self.create,
            "DescribeHyperParameterTuningJob": self.describe,
            "ListHyperParameterTuningJobs": self.page,
            "ListTrainingJobsForHyperParameterTuningJob": self.trials,
            "StopHyperParameterTuningJob": self.stop,
            "DeleteHyperParameterTuningJob": self.delete,
        }

    def create(self, call: Call) -> Record:
        check(call)
        warm_start.check(call.payload, self._store)
        name, record = call.payload[_NAME], self._record(call.payload)
        with self._store.lock:
            if self._store.get(name) is not None:
                raise job_exists(record[_ARN])
            self._store.put(name, record)
            self._start(record)
        self._context.emit(TUNING, record[_ARN], tuning_detail(record))
        return {_ARN: record[_ARN]}

    def describe(self, call: Call) -> Record:
        return self._found(call.payload[_NAME])

    def page(self, call: Call) -> Record:
        query = {"SortBy": "Name"} | call.payload
        found = self._listing.page(self._store.all(), query)
        for record in found[self._listing.member]:
            config = record["HyperParameterTuningJobConfig"]
            record |= {"Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}
        return found

    def trials(self, call: Call) -> Record:
        record, query = self._found(call.payload[_NAME]), call.payload
        objective = record["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
        wanted, by = query.get("StatusEquals"), _RANKS[query.get("SortBy", "Name")]
        chosen = [
            trial
            for trial in trials_of(self._context, record[_ARN])
            if wanted in (None, trial["TrainingJobStatus"]) and by(trial, objective) is not None
        ]
        descending = query.get("SortOrder") == "Descending"
        member = "TrainingJobSummaries"
        page = page_of(
            chosen,
            lambda trial: [by(trial, objective), trial["TrainingJobName"]],
            query,
            member,
            descending=descending,
        )
        return page | {member: [summary(trial, objective) for trial in page[member]]}

    def stop(self, call: Call) -> Record:
        name = call.payload[_NAME]
        with self._store.lock:
            record = self._found(name)
            if record[_STATUS] == "Stopping":
                return {}
            if record[_STATUS] != "InProgress":
                raise job_over("hyperparameter tuning", record[_STATUS])
            news = {_STATUS: "Stopping", "LastModifiedTime": now()}
            record = self._store.change(name, lambda job: job.update(news))
        self._context.emit(TUNING, record[_ARN], tuning_detail(record))
        self._running[name].stop_asked.set()
        return {}

    def delete(self, call: Call) -> Record:
        """The job's own record; its training jobs stay."""
        name = call.payload[_NAME]
        with self._store.lock:
            record = self._found(name)
            if record[_STATUS] in _GOING_ON:
                raise job_not_over(record[_ARN], record[_STATUS])
            self._store.delete(name)
        return {}

    def recover(self) -> None:
        """After a restart, when the trials that ran are known to be dead: jobs go on, or go on stopping."""
        for record in self._store.all():
            if record[_STATUS] in _GOING_ON:
                self._start(record)

    def shut_down(self) -> None:
        """The cloud goes down; the context's `stopping` is set by now."""
        for tuning in list(self._running.values()):
            tuning.join(timeout=10)

    def _start(self, record: Record) -> None:
        tuning = Tuning(self._context, self._training, record)
        if record[_STATUS] == "Stopping":
            tuning.stop_asked.set()
        self._running = {name: other for name, other in self._running.items() if other.is_alive()}
        self._running[record[_NAME]] = tuning
        tuning.start()

    def _found(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            message = f"Amazon SageMaker can't find a tuning job with the name {name}."
            raise ApiError("ResourceNotFound", message)
        return record

    def _record(self, payload: Record) -> Record:
        record: Record = dict(payload)
        config = payload["HyperParameterTuningJobConfig"]
        if config["Strategy"] == "Grid":
            count = combinations(tunables(config["ParameterRanges"]))
            limits = config["ResourceLimits"] | {"MaxNumberOfTrainingJobs": count}
            record["HyperParameterTuningJobConfig"] = config | {"ResourceLimits": limits}
        record |= counters([], config["HyperParameterTuningJobObjective"])
        time = now()
        record |= {_ARN: self._context.arn(KIND, payload[_NAME]), "CreationTime": time}
        return record | {"LastModifiedTime": time, _STATUS: "InProgress"}
