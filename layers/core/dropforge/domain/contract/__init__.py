"""The contract: what one use case promises about its data, its model and its running.

model       the parsed contract: frozen dataclasses
fields      what one value may be; the parser and the JSON Schema both read these
sections    which fields each part of a contract has
algorithms  the parameters of what may learn
metrics     what a model of each problem is measured by
parse       a mapping → Contract, or every problem at once, each with its path
parts       how each part is read, and what it must agree on with the others
serialise   Contract ↔ its normalised JSON
schema      the JSON Schema that editors complete from
"""

from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.model import (
    UPPER_LIMITS,
    Algorithm,
    Bin,
    Champion,
    Column,
    ColumnTransform,
    Contract,
    Gate,
    Image,
    Quality,
    Range,
    Reader,
    Resample,
    Resources,
    RowRule,
    Select,
    Serving,
    Slices,
    Split,
    Term,
    Transform,
    Tuning,
    null_markers,
    positive_class,
)
from dropforge.domain.contract.parse import parse_contract
from dropforge.domain.contract.serialise import contract_from_json, contract_to_json, contract_to_mapping
from dropforge.domain.reading.cells import category_text, parse_number, with_point

__all__ = [
    "UPPER_LIMITS",
    "Algorithm",
    "Bin",
    "Champion",
    "Column",
    "ColumnTransform",
    "Contract",
    "ContractError",
    "Gate",
    "Image",
    "Problem",
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
    "category_text",
    "contract_from_json",
    "contract_to_json",
    "contract_to_mapping",
    "null_markers",
    "parse_contract",
    "parse_number",
    "positive_class",
    "with_point",
]
