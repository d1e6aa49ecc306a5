"""A parsed contract. Whoever holds one may trust it: it exists only if every rule of `parse` holds.

A default stands here once; the parser, the JSON Schema and the reference page read it from these classes.

data      columns, how a file is read, what its rows must be like and how they are divided
learning  what becomes of the columns, what learns and how its parameters are searched
gate      what a model must reach
whole     all of it, and what the jobs and the endpoint run on
"""

from dropforge.domain.contract.model.data import (
    FEATURES,
    NUMERIC,
    Column,
    Image,
    Quality,
    Reader,
    Resample,
    RowRule,
    Split,
    Term,
)
from dropforge.domain.contract.model.gate import UPPER_LIMITS, Champion, Gate, Slices
from dropforge.domain.contract.model.learning import (
    Algorithm,
    Bin,
    ColumnTransform,
    Range,
    Select,
    Transform,
    Tuning,
)
from dropforge.domain.contract.model.whole import (
    Contract,
    Resources,
    Serving,
    null_markers,
    positive_class,
)

__all__ = [
    "FEATURES",
    "NUMERIC",
    "UPPER_LIMITS",
    "Algorithm",
    "Bin",
    "Champion",
    "Column",
    "ColumnTransform",
    "Contract",
    "Gate",
    "Image",
    "Quality",
    "Range",
    "Reader",
    "Resample",
    "Resources",
    "RowRule",
    "Select",
    "Serving",
    "Slices",
    "Split",
    "Term",
    "Transform",
    "Tuning",
    "null_markers",
    "positive_class",
]
