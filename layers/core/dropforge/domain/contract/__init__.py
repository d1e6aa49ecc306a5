"""The contract: what one use case promises about its data, its model and its running.

fields      what one value may be, declared once: rule, default, sentence
parts       fields that hold other fields; `key` declares one beside an attribute
section     what stands under one key of the contract, and what else is to know about it
sections    the sections, one a module
whole       all of them: the Contract
algorithms  the parameters of what may learn
metrics     what a model of each problem is measured by

All of these follow from the declarations, and none of them names a key:

parse       a mapping → Contract, or every problem at once, each with its path
serialise   Contract ↔ its normalised JSON
schema      the JSON Schema that editors complete from
reference   the page docs/contract.md
"""

from dropforge.domain.contract.errors import ContractError, Problem
from dropforge.domain.contract.metrics import UPPER_LIMITS
from dropforge.domain.contract.parse import parse_contract
from dropforge.domain.contract.sections.algorithm import Algorithm
from dropforge.domain.contract.sections.columns import Column
from dropforge.domain.contract.sections.gate import Champion, Gate, Slices
from dropforge.domain.contract.sections.image import Image
from dropforge.domain.contract.sections.quality import Quality
from dropforge.domain.contract.sections.reader import Reader, null_markers
from dropforge.domain.contract.sections.resample import Resample
from dropforge.domain.contract.sections.resources import Resources
from dropforge.domain.contract.sections.rules import RowRule, Term
from dropforge.domain.contract.sections.serving import Serving
from dropforge.domain.contract.sections.split import Split
from dropforge.domain.contract.sections.target import positive_class
from dropforge.domain.contract.sections.transform import Bin, ColumnTransform, Select, Transform
from dropforge.domain.contract.sections.tuning import Range, Tuning
from dropforge.domain.contract.serialise import contract_from_json, contract_to_json, contract_to_mapping
from dropforge.domain.contract.whole import Contract
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
