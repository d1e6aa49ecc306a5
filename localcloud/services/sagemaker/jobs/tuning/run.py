"""Runs a tuning job to its end, in a thread of its own: starts trials, listens to them, stops some.

A trial is a training job like any other. All that must survive is in the records (the tuning job's and its
trials'), so a job that the cloud's end interrupted goes on at the next start: what its trials had learned is
told to a new optimiser, and those that died are replaced.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Call, Context, log, now
from localcloud.services.sagemaker.jobs.tuning.closing import Closing, closing_of, verdict
from localcloud.services.sagemaker.jobs.tuning.events import TUNING, tuning_detail
from localcloud.services.sagemaker.jobs.tuning.optimiser import Optimiser, Proposal
from localcloud.services.sagemaker.jobs.tuning.ranges import tunables
from localcloud.services.sagemaker.jobs.tuning.request import strategy_of, trial_request
from localcloud.services.sagemaker.jobs.tuning.stopping import is_hopeless
from localcloud.services.sagemaker.jobs.tuning.trials import (
    RUNNING,
    best,
    counters,
    is_retryable,
    objective_status,
    objective_value,
    summary,
    trials_of,
)
from localcloud.services.sagemaker.jobs.tuning.warm_start import is_identical, trials_of_parents

if TYPE_CHECKING:
    from localcloud.services.sagemaker.jobs.training.operations import TrainingJobs
    from localcloud.services.sagemaker.jobs.training.run import OnMetric
    from localcloud.services.sagemaker.store import Record

KIND = "hyper-parameter-tuning-job"
_TICK = 0.1


@dataclass
class Trial:
    """One that runs. Its values come from the thread that reads the program's output."""

    name: str
    proposal: Proposal
    values: list[float] = field(default_factory=list)
    values_seen: int = 0
    asked_to_stop: bool = False


class Tuning(threading.Thread):
    """One tuning job, running."""

    def __init__(self, context: Context, training: TrainingJobs, record: Record) -> None:
        super().__init__(name=f"sagemaker-{record['HyperParameterTuningJobName']}", daemon=True)
        self._context = context
        self._training = training
        self._record = record
        self._job: str = record["HyperParameterTuningJobName"]
        self._store = context.stores.of(KIND)
        self._config = record["HyperParameterTuningJobConfig"]
        self._objective = self._config["HyperParameterTuningJobObjective"]
        # Its trials' records as they were when something was last launched or had ended.
        self._trials: list[Record] = []
        self._live: dict[str, Trial] = {}
        self._completed: list[list[float]] = []
        self._exhausted = False
        self.stop_asked = threading.Event()

    def run(self) -> None:
        try:
            self._optimiser = self._prepared()
            self._tune()
        except Exception as error:  # noqa: BLE001 - whatever it was, the job must end
            log.exception("tuning job %s", self._job)
            self._stop_all()
            self._finish(Closing("Failed", f"InternalServerError: {error}"[:1024]))

    def _prepared(self) -> Optimiser:
        """The optimiser, with all that is known already."""
        self._note()
        before = list(self._trials)
        parents = trials_of_parents(self._context, self._record, self._store)
        definition = self._record["TrainingJobDefinition"]
        strategy = strategy_of(self._config, definition, len(before))
        optimiser = Optimiser(strategy, tunables(self._config["ParameterRanges"]), self._job)
        for trial in (*parents, *before):
            if not is_retryable(trial):
                optimiser.remember(trial["TunedHyperParameters"], objective_value(trial, self._objective))
        return optimiser

    def _tune(self) -> None:
        closing: Closing | None = None
        while not self._context.stopping.wait(_TICK):
            self._settle()
            if closing is None:
                closing = self._closing()
                if closing is None:
                    self._stop_hopeless()
                    self._launch()
                else:
                    self._stop_all()
            if not self._live and (closing is not None or self._is_done()):
                self._finish(verdict(self._trials, self._objective, closing))
                return

    # ---- trials

    def _launch(self) -> None:
        limits = self._config["ResourceLimits"]
        while len(self._live) < limits["MaxParallelTrainingJobs"] and not self._is_done():
            proposal = self._optimiser.propose()
            if proposal is None:
                self._exhausted = True
                return
            name = f"{self._job}-{len(self._trials) + 1:03d}-{secrets.token_hex(4)}"
            self._live[name] = Trial(name, proposal)
            self._training.launch(
                self._request(name, proposal.hyperparameters),
                {
                    "TuningJobArn": self._record["HyperParameterTuningJobArn"],
                    "TunedHyperParameters": proposal.hyperparameters,
                },
                self._listener(self._live[name]),
            )
            self._note()

    def _request(self, name: str, tuned: dict[str, str]) -> Record:
        # AWS tells a trial what it is measured by.
        hyperparameters = tuned | {"_tuning_objective_metric": self._objective["MetricName"]}
        return trial_request(
            self._record["TrainingJobDefinition"], name, hyperparameters, self._record.get("Tags", [])
        )

    def _is_done(self) -> bool:
        most = self._config["ResourceLimits"].get("MaxNumberOfTrainingJobs")
        counted = sum(not is_retryable(trial) for trial in self._trials)
        return self._exhausted or (most is not None and counted >= most)

    def _listener(self, trial: Trial) -> OnMetric:
        def hear(name: str, value: float) -> None:
            if name == self._objective["MetricName"]:
                trial.values.append(value)

        return hear

    def _settle(self) -> None:
        """Learn from the trials that have ended."""
        for trial in list(self._live.values()):
            record = self._context.stores.of("training-job").get(trial.name)
            if record is not None and record["TrainingJobStatus"] in RUNNING:
                continue
            del self._live[trial.name]
            measured = record is not None and objective_status(record, self._objective) == "Succeeded"
            value = objective_value(record, self._objective) if record is not None and measured else None
            completed = record is not None and record["TrainingJobStatus"] == "Completed"
            self._optimiser.learn(trial.proposal, value, stopped=measured and not completed)
            if completed and value is not None:
                self._completed.append(trial.values)
            self._note()

    def _stop_hopeless(self) -> None:
        """Stop the trials that are not worth going on with."""
        automatic = self._config.get("TrainingJobEarlyStoppingType") == "Auto"
        maximize = self._objective["Type"] == "Maximize"
        for trial in self._live.values():
            values, since = list(trial.values), trial.values_seen
            trial.values_seen = len(values)
            if len(values) == since or trial.asked_to_stop:
                continue
            if self._optimiser.is_given_up(trial.proposal, values, since) or (
                automatic and is_hopeless(values, self._completed, maximize=maximize)
            ):
                self._stop(trial)

    def _stop_all(self) -> None:
        for trial in self._live.values():
            self._stop(trial)

    def _stop(self, trial: Trial) -> None:
        trial.asked_to_stop = True
        with contextlib.suppress(ApiError):  # it may have ended meanwhile
            self._training.stop(Call("StopTrainingJob", {"TrainingJobName": trial.name}, "sagemaker"))

    # ---- the record

    def _closing(self) -> Closing | None:
        return closing_of(self._record, self._trials, stop_asked=self.stop_asked.is_set())

    def _note(self) -> None:
        """Counters and best trials, as they are now."""
        trials = self._trials = trials_of(self._context, self._record["HyperParameterTuningJobArn"])
        news = counters(trials, self._objective)
        if (first := best(trials, self._objective)) is not None:
            news["BestTrainingJob"] = summary(first, self._objective)
        if is_identical(self._record):
            known = [trial | {"TuningJobName": self._job} for trial in trials]
            known += trials_of_parents(self._context, self._record, self._store)
            if (first := best(known, self._objective)) is not None:
                job = {"TuningJobName": first["TuningJobName"]}
                news["OverallBestTrainingJob"] = summary(first, self._objective) | job
        spent = sum(trial.get("TrainingTimeInSeconds", 0) for trial in trials)
        news |= {"ConsumedResources": {"RuntimeInSeconds": spent}, "LastModifiedTime": now()}
        self._store.change(self._job, lambda record: record.update(news))

    def _finish(self, closing: Closing) -> None:
        if self._context.stopping.is_set():
            return
        self._note()
        news = {"HyperParameterTuningJobStatus": closing.status, "HyperParameterTuningEndTime": now()}
        if closing.reason:
            news["FailureReason"] = closing.reason
        record = self._store.change(self._job, lambda record: record.update(news))
        self._context.emit(TUNING, record["HyperParameterTuningJobArn"], tuning_detail(record))
