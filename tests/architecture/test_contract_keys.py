"""A key of a contract is declared in one place: its section's module.

The first two tests add a key and a section to a copy of the program, and ask that copy; the others read the
source.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dropforge
from dropforge.domain.contract import sections
from dropforge.domain.contract.parts import ByName, Part
from dropforge.domain.contract.section import Section
from dropforge.domain.contract.whole import SECTIONS

LAYER = Path(dropforge.__file__).parent
CONTRACT = Path("domain", "contract")
KEY = '    warm: int = key(Number(0, 9, whole=True, default=2, about="How many stand by."))\n'
NUMBER = "from __future__ import annotations\n\nfrom dropforge.domain.contract.fields import Number\n"
SECTION = """
from dataclasses import dataclass

from dropforge.domain.contract.fields import Number
from dropforge.domain.contract.parts import Part, key
from dropforge.domain.contract.section import Section


@dataclass(frozen=True)
class Watch:
    share: float = key(Number(0, 1, default=1.0, about="The share that is watched."))
    seconds: int = key(Number(1, 900, whole=True, default=60, about="How often one looks."))


WATCH = Section(
    holds=Part(Watch, about="What is watched."),
    settable=True,
    example="watch: {share: 0.5, seconds: 30}",
)
"""
ASK = """
import json, sys
from dropforge.domain.contract import ContractError, contract_to_mapping, parse_contract
from dropforge.domain.contract.reference import page
from dropforge.domain.contract.schema import schema
from dropforge.domain.overrides import overridden, read_settings

section, key, wrong = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
document = {"usecase": "a", "problem": "image"}
try:
    parse_contract(document | {section: {key: wrong}})
    faults = []
except ContractError as fault:
    faults = [str(problem) for problem in fault.problems]
contract = parse_contract(document)
try:
    set_to_one = getattr(getattr(overridden(contract, read_settings(f"{section}.{key}=1")), section), key)
except ContractError as fault:
    set_to_one = str(fault)
json.dump({
    "faults": faults,
    "default": getattr(getattr(contract, section), key),
    "written": getattr(getattr(parse_contract(document | {section: {key: 3}}), section), key),
    "schema": schema()["properties"][section]["properties"][key],
    "normal form": contract_to_mapping(contract)[section][key],
    "set to one": set_to_one,
    "page": page(),
}, sys.stdout)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program, to be changed."""
    return Path(shutil.copytree(LAYER, tmp_path / "dropforge", ignore=shutil.ignore_patterns("__pycache__")))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def ask(copy: Path, section: str, key: str, wrong: object) -> dict[str, Any]:
    """What the copy says of a key."""
    command = [sys.executable, "-c", ASK, section, key, json.dumps(wrong)]
    environment = {**os.environ, "PYTHONPATH": str(copy.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_a_key_added_to_its_section_is_known_to_everything(copy: Path) -> None:
    last = "    latency_ms: int = key("
    edit(copy / CONTRACT / "sections" / "serving.py", last, KEY + last)

    said = ask(copy, "serving", "warm", 10)

    assert said["faults"] == ["serving.warm: 10 is not between 0 and 9"]
    assert said["default"] == said["normal form"] == 2
    assert said["schema"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 9,
        "default": 2,
        "description": "How many stand by.",
    }
    assert "| `warm` | a whole number, 0 to 9 | `2` | How many stand by. |" in said["page"]
    assert said["set to one"].startswith("serving.warm: cannot be set for one run")


@pytest.mark.parametrize(
    ("section", "attribute"), [("algorithm", "    entry: str | None = key("), ("gate", "    slices: ")]
)
def test_a_key_is_read_where_a_section_reads_others_in_its_own_way(
    copy: Path, section: str, attribute: str
) -> None:
    module = copy / CONTRACT / "sections" / f"{section}.py"
    edit(module, attribute, KEY + attribute)
    edit(module, "from __future__ import annotations\n", NUMBER)

    said = ask(copy, section, "warm", 10)

    assert said["faults"] == [f"{section}.warm: 10 is not between 0 and 9"]
    assert said["default"] == said["normal form"] == 2
    assert said["written"] == 3


def test_a_section_is_a_module_and_an_attribute_of_the_contract(copy: Path) -> None:
    (copy / CONTRACT / "sections" / "watch.py").write_text(SECTION, encoding="utf-8")
    whole = copy / CONTRACT / "whole.py"
    first = "from dropforge.domain.contract.sections.usecase import"
    edit(whole, first, f"from dropforge.domain.contract.sections.watch import WATCH, Watch\n{first}")
    last = "    owners: tuple[str, ...] = "
    edit(whole, last, f"    watch: Watch = attribute(WATCH)\n{last}")

    said = ask(copy, "watch", "seconds", "soon")

    assert said["faults"] == ["watch.seconds: 'soon' is not a number"]
    assert said["default"] == said["normal form"] == 60
    assert said["schema"]["description"] == "How often one looks."
    assert said["set to one"] == 1
    assert "## watch\n\nWhat is watched.\n" in said["page"]
    assert "| `share` | a number, 0 to 1 | `1` | The share that is watched. |" in said["page"]
    assert "`watch`" in said["page"].partition("## For one run")[2]


def declared_sections() -> set[int]:
    modules = (
        importlib.import_module(f"{sections.__name__}.{each.name}")
        for each in pkgutil.iter_modules(sections.__path__)
    )
    return {id(each) for module in modules for each in vars(module).values() if isinstance(each, Section)}


def test_every_section_that_is_declared_is_part_of_the_contract() -> None:
    assert declared_sections() == {id(section) for section in SECTIONS.values()}


def keys_below(field: object) -> set[str]:
    if isinstance(field, ByName):
        return keys_below(field.each)
    if not isinstance(field, Part):
        return set()
    return set(field.keys).union(*(keys_below(each) for each in field.keys.values()))


def named_in_mappings(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    keys = (key for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys)
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}


def test_no_other_module_names_a_key_in_a_mapping() -> None:
    """`algorithms` may, which declares parameters: one of them has the name of a key of `tuning`."""
    keys = set(SECTIONS).union(*(keys_below(section.holds) for section in SECTIONS.values()))
    of_json_schema = {"type", "format", "minimum", "required"}
    asked_for_by_the_schema = {"problem"}
    others = [
        path
        for path in (LAYER / CONTRACT).rglob("*.py")
        if path.parent.name != "sections" and path.name != "algorithms.py"
    ]
    assert len(others) > 10
    found = {
        path.name: named_in_mappings(path) & (keys - of_json_schema - asked_for_by_the_schema)
        for path in others
    }
    assert {name: named for name, named in found.items() if named} == {}
