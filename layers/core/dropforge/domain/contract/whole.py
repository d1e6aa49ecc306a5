"""The whole contract: a section an attribute. Whoever holds one may trust it, since only `parse` makes them.

This is the list of the sections: a new one is a module in `sections` and its attribute here. Parser, JSON
Schema, normal form, overrides and the reference page go through SECTIONS, in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dropforge.domain.contract.parts import declared
from dropforge.domain.contract.section import Section, attribute
from dropforge.domain.contract.sections.algorithm import ALGORITHM, Algorithm
from dropforge.domain.contract.sections.columns import COLUMNS, DROP, FEATURES, Column
from dropforge.domain.contract.sections.gate import GATE, Gate
from dropforge.domain.contract.sections.image import IMAGE, Image
from dropforge.domain.contract.sections.quality import QUALITY, Quality
from dropforge.domain.contract.sections.reader import READER, Reader
from dropforge.domain.contract.sections.resample import RESAMPLE, Resample
from dropforge.domain.contract.sections.resources import RESOURCES, Resources
from dropforge.domain.contract.sections.rules import RULES, RowRule
from dropforge.domain.contract.sections.serving import SERVING, Serving
from dropforge.domain.contract.sections.split import SPLIT, Split
from dropforge.domain.contract.sections.target import CLASS_NAMES, CONFIDENCE, POSITIVE, TARGET
from dropforge.domain.contract.sections.transform import TRANSFORM, Transform
from dropforge.domain.contract.sections.tuning import TUNING, Tuning
from dropforge.domain.contract.sections.usecase import OWNERS, PROBLEM, USECASE


@dataclass(frozen=True)
class Contract:
    """`positive` is None where the contract leaves it to the data: see `positive_class`.

    `columns` are empty and `image` is set where the problem is image; `classes` may name its folders.
    """

    usecase: str = attribute(USECASE, required=True)
    problem: str = attribute(PROBLEM, required=True)
    target: str = attribute(TARGET, required=True)
    columns: tuple[Column, ...] = attribute(COLUMNS)
    positive: str | None = attribute(POSITIVE)
    classes: tuple[str, ...] = attribute(CLASS_NAMES)
    drop: Mapping[str, str] = attribute(DROP)
    reader: Reader = attribute(READER)
    image: Image | None = attribute(IMAGE)
    rules: tuple[RowRule, ...] = attribute(RULES)
    quality: Quality = attribute(QUALITY)
    split: Split = attribute(SPLIT)
    resample: Resample = attribute(RESAMPLE)
    transform: Transform = attribute(TRANSFORM)
    algorithm: Algorithm = attribute(ALGORITHM)
    tuning: Tuning | None = attribute(TUNING)
    gate: Gate = attribute(GATE)
    confidence: float = attribute(CONFIDENCE)
    serving: Serving = attribute(SERVING)
    resources: Resources = attribute(RESOURCES)
    owners: tuple[str, ...] = attribute(OWNERS)

    @property
    def classifies(self) -> bool:
        return self.problem != "regression"

    @property
    def features(self) -> tuple[Column, ...]:
        """What the model sees, in the contract's order; not an id, free text or a date without parts."""
        return tuple(column for column in self.columns if self._is_feature(column))

    def _is_feature(self, column: Column) -> bool:
        if column.name == self.target:
            return False
        own = self.transform.columns.get(column.name)
        return column.type in FEATURES or (column.type == "date" and own is not None and bool(own.parts))

    @property
    def target_column(self) -> Column:
        """Of pictures, the folder's name."""
        named = (column for column in self.columns if column.name == self.target)
        return next(named, Column(self.target, "category", values=self.classes))

    @property
    def ignored(self) -> frozenset[str]:
        """Columns that a request may carry and that no prediction reads."""
        features = {column.name for column in self.features}
        return frozenset({column.name for column in self.columns} - features) | frozenset(self.drop)


SECTIONS: Mapping[str, Section] = declared(Contract)
