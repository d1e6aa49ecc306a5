"""Proposes hyperparameters, by optuna, and learns from what became of them.

Bayesian is optuna's tree-structured Parzen estimator, Random its random search, Grid each combination of the
categories in the order of the request. Hyperband is the Parzen estimator with optuna's Hyperband pruner: the
resource is the number of values of the objective that a trial has printed. With a seed, one trial at a time
and the same results, the same hyperparameters are proposed again. AWS's own optimiser is another one, so its
proposals differ.
"""

from __future__ import annotations

import itertools
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.jobs.tuning.ranges import Choice, Tunable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FIRST_AT_RANDOM = 5
_REDUCTION = 3


@dataclass(frozen=True)
class Strategy:
    """How to look, from the tuning job's configuration."""

    name: str
    maximize: bool
    parallel: bool
    seed: int | None
    least_resource: int
    most_resource: int


@dataclass(frozen=True)
class Proposal:
    """Hyperparameters to try."""

    trial: Any
    hyperparameters: dict[str, str]


class Optimiser:
    """Used by one thread."""

    def __init__(self, strategy: Strategy, tunables: Sequence[Tunable], name: str) -> None:
        self._strategy = strategy
        self._tunables = tunables
        self._distributions = {each.name: each.distribution() for each in tunables}
        self._grid = _combinations(tunables) if strategy.name == "Grid" else None
        self._known: list[dict[str, str]] = []
        self._study = _study(strategy, name)

    def propose(self) -> Proposal | None:
        """What to try next; None where everything was tried."""
        if self._grid is not None:
            words = next((each for each in self._grid if each not in self._known), None)
            if words is None:
                return None
            self._study.enqueue_trial(words)
        trial = self._study.ask(self._distributions)
        return Proposal(trial, {each.name: each.text(trial.params[each.name]) for each in self._tunables})

    def learn(self, proposal: Proposal, value: float | None, *, stopped: bool) -> None:
        """How a trial ended: with a value, stopped on the way, or without any."""
        from optuna.trial import TrialState

        if value is not None and not stopped:
            self._study.tell(proposal.trial, value)
        else:
            self._study.tell(proposal.trial, state=TrialState.PRUNED if stopped else TrialState.FAIL)

    def remember(self, hyperparameters: Mapping[str, str], value: float | None) -> None:
        """What was tried before; what lies outside of the ranges teaches nothing."""
        from optuna.trial import create_trial

        try:
            inner = {each.name: each.inner(hyperparameters[each.name]) for each in self._tunables}
        except (KeyError, ValueError):
            return
        self._known.append({name: hyperparameters[name] for name in inner})
        if value is not None:
            trial = create_trial(params=inner, distributions=self._distributions, value=value)
            self._study.add_trial(trial)

    def is_given_up(self, proposal: Proposal, values: Sequence[float], since: int) -> bool:
        """Hyperband: whether a trial is not worth more resource; its values from `since` on are new."""
        if self._strategy.name != "Hyperband":
            return False
        for step in range(since, min(len(values), self._strategy.most_resource)):
            proposal.trial.report(values[step], step + 1)
            if proposal.trial.should_prune():
                return True
        return False


def _study(strategy: Strategy, name: str) -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        # That trials which run count as bad ones, so that the next is elsewhere, is optuna's experiment.
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler: Any = optuna.samplers.TPESampler(
            seed=strategy.seed, n_startup_trials=_FIRST_AT_RANDOM, constant_liar=strategy.parallel
        )
    if strategy.name == "Random":
        sampler = optuna.samplers.RandomSampler(seed=strategy.seed)
    pruner: Any = optuna.pruners.NopPruner()
    if strategy.name == "Hyperband":
        pruner = optuna.pruners.HyperbandPruner(
            strategy.least_resource, strategy.most_resource, reduction_factor=_REDUCTION
        )
    direction = "maximize" if strategy.maximize else "minimize"
    return optuna.create_study(sampler=sampler, pruner=pruner, direction=direction, study_name=name)


def _combinations(tunables: Sequence[Tunable]) -> Iterator[dict[str, str]]:
    choices = [each for each in tunables if isinstance(each, Choice)]
    names = [each.name for each in choices]
    for words in itertools.product(*(each.words for each in choices)):
        yield dict(zip(names, words, strict=True))
