"""What a model must reach before it is registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract import metrics
from dropforge.domain.contract.fields import Field, Number, Several, shown
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.contract.section import Section, Table
from dropforge.domain.contract.sections.columns import NAME
from dropforge.domain.reading.cells import LARGEST_NUMBER

if TYPE_CHECKING:
    from dropforge.domain.contract.problems import Problems
    from dropforge.domain.contract.reading import Reading
    from dropforge.domain.contract.whole import Contract


@dataclass(eq=False, repr=False)
class MetricOf(Field):
    """A metric that the contract's problem is `measured` by; `first` is the one taken if none is named."""

    measured: Mapping[str, tuple[str, ...]]
    first: Mapping[str, str]

    def take(self, value: object, reading: Reading) -> str | None:
        known = self.measured.get(reading.problem, self._all())
        if isinstance(value, str) and value in known:
            return value
        hint = nearest_name(value if isinstance(value, str) else "", known)
        reading.fault(f"{shown(value)} is not measured for a {reading.problem} problem{hint}")
        return self.absent(reading)

    def absent(self, reading: Reading) -> str | None:
        return self.first.get(reading.problem)

    def shape(self) -> dict[str, Any]:
        return {"enum": list(self._all())}

    def _all(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for names in self.measured.values() for name in names))


OF_TEST = {problem: tuple(measured) for problem, measured in metrics.MEASURED.items()}


@dataclass(frozen=True)
class Champion:
    """A challenger that is worse than the champion by more than `margin` is refused."""

    margin: float = key(Number(0, LARGEST_NUMBER, default=0.0, about="By how much it may be worse."))
    metric: str | None = key(
        MetricOf(
            OF_TEST,
            metrics.COMPARED,
            about="What is compared.",
            allowed="a metric of the problem",
            otherwise="auc, accuracy or rmse",
        )
    )


@dataclass(frozen=True)
class Slices:
    """No group of at least `minimum` rows may be worse than all rows by more than `margin`."""

    columns: tuple[str, ...] = key(
        Several(
            NAME,
            20,
            least=1,
            default=(),
            missing="is missing; name the categories whose values are compared",
            about="The categories whose values are the groups.",
            allowed="a list of columns",
        )
    )
    margin: float = key(
        Number(0, LARGEST_NUMBER, default=0.1, about="By how much a group may be worse than all.")
    )
    minimum: int = key(
        Number(2, 10**9, whole=True, default=50, about="The fewest rows of a group that counts.")
    )
    metric: str | None = key(
        MetricOf(
            OF_TEST,
            metrics.SLICED,
            about="What is compared.",
            allowed="a metric of the problem",
            otherwise="accuracy or rmse",
        )
    )


def finish_slices(slices: Slices, given: Mapping[str, Any], reading: Reading) -> Slices:
    if reading.problem == metrics.REGRESSION and "margin" not in given:
        reading.below("margin").fault("is missing; say by how much of the metric a group may be worse")
    return slices


@dataclass(frozen=True)
class Gate:
    """`limits`: the least of each metric, the most of those in UPPER_LIMITS."""

    limits: Mapping[str, float] = field(default_factory=dict)
    champion: Champion | None = key(
        Part(Champion, optional=True, about="Refuses a model that is worse than the one in force.")
    )
    slices: Slices | None = key(
        Part(
            Slices,
            finish=finish_slices,
            optional=True,
            about="Refuses a model that is worse for some group of rows.",
        )
    )


class GatePart(Part):
    """The limits stand beside the other keys, each under its metric; which there are is up to the problem."""

    def take(self, value: object, reading: Reading) -> Gate:
        if not isinstance(value, Mapping):
            reading.known_keys(value, ())
            return self.absent(reading)
        known = metrics.measured(reading.problem)
        given = reading.known_keys(_without_others(value, reading), (*known, *self.keys))
        if not value:
            such = ", ".join(f"{name}: {limit}" for name, limit in self.absent(reading).limits.items())
            reading.fault(f"names no metric; give a limit, such as {such}")
        read = {
            name: each.take(given[name], reading.below(name)) for name, each in known.items() if name in given
        }
        limits = {name: limit for name, limit in read.items() if limit is not None}
        return Gate(limits=limits or self.absent(reading).limits, **self.read(given, reading))

    def absent(self, reading: Reading) -> Gate:
        return Gate(dict(metrics.DEFAULT_GATE.get(reading.problem, {})))

    def plain(self, value: Gate) -> dict[str, Any]:
        return {**value.limits, **super().plain(value)}

    def shape(self) -> dict[str, Any]:
        whole = super().shape()
        limits = {name: each.schema() for name, each in metrics.EVERY.items()}
        return whole | {"properties": limits | whole["properties"]}


def limits_elsewhere(problem: str) -> dict[str, Any]:
    """The metrics that the problem is not measured by."""
    return {"properties": dict.fromkeys(sorted(set(metrics.EVERY) - set(metrics.measured(problem))), False)}


def check_slices(contract: Contract, problems: Problems) -> None:
    slices = contract.gate.slices
    if slices is None or problems.under("gate"):
        return
    categories = [column.name for column in contract.features if column.type == "category"]
    for name in slices.columns:
        if name not in categories:
            problems.add(
                ("gate", "slices", "columns"),
                f"{shown(name)} is not a category beside the target{nearest_name(name, categories)}",
            )


def _without_others(value: Mapping[Any, Any], reading: Reading) -> dict[Any, Any]:
    """Noting each metric of another problem: it is not a typing error, so the fault says which there are."""
    known = metrics.measured(reading.problem)
    others = [name for name in value if name in metrics.EVERY and name not in known]
    for name in others:
        said = f"is not measured for a {reading.problem} problem; {', '.join(known)} are"
        reading.below(name).fault(said)
    return {name: item for name, item in value.items() if name not in others}


HOLDS = GatePart(Gate, least=1, about="What a model must reach on the test part before it is registered.")
GATE = Section(
    holds=HOLDS,
    settable=True,
    of_problem={problem: limits_elsewhere(problem) for problem in metrics.PROBLEMS},
    check=check_slices,
    details="""\
Limits on the test part; a model beyond one is not registered, and the reason gives metric, value and limit.
Without a limit a model must only not be worse than guessing.""",
    tables=(
        Table(
            metrics.EVERY,
            head=("metric", "problems", "limit", "what it says"),
            second={
                name: ", ".join(problem for problem, of in metrics.MEASURED.items() if name in of)
                for name in metrics.EVERY
            },
        ),
        Table(HOLDS.keys),
    ),
    example="""
gate:
  auc: 0.9
  logloss: 0.4
  champion: {metric: auc, margin: 0.005}
  slices: {columns: [Education], metric: accuracy, margin: 0.1, minimum: 50}
""",
)
