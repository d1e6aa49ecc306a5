"""Settings for one run: `model.max_depth=4;gate.accuracy=0.9`, given with the drop, laid over its contract.

They travel as the object's metadata `set`, which every S3 client can write: one text of `key=value`,
separated by `;`, where either side may be percent-encoded. They are laid over the contract's normalised
mapping, and the result is read again as a contract: so a setting is held to the same rules as if it stood in
the file. Which sections can be set, each of them declares. Columns and what becomes of them cannot: a model
of other columns would be another use case. Nor can `confidence`: what is doubtful is asked of the contract in
force, not of the one that a model was trained by.
"""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from dropforge.domain.contract import (
    Contract,
    ContractError,
    Problem,
    contract_to_mapping,
    parse_contract,
)
from dropforge.domain.contract.fields import InvalidError, shown
from dropforge.domain.contract.problems import nearest_name
from dropforge.domain.contract.whole import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

METADATA = "set"
LONGEST = 2048
"""As much as S3 keeps of metadata."""
SHORT = {"model": ("algorithm", "parameters")}
ROOTS = (*SHORT, *(name for name, section in SECTIONS.items() if section.settable))
WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
WHOLE = re.compile(r"[-+]?[0-9]{1,400}")
FRACTION = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
Settings = dict[str, str]


def read_pairs(pairs: Iterable[str]) -> Settings:
    """`key=value` of each, or ContractError with all that are not."""
    settings: Settings = {}
    problems = []
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not name:
            problems.append(Problem((), f"{shown(pair)} is not KEY=VALUE, such as model.max_depth=4"))
        elif name in settings:
            problems.append(Problem((name,), "is set twice"))
        elif fault := _fault(name):
            problems.append(Problem((name,), fault))
        settings[name] = value
    if problems:
        raise ContractError(problems)
    return settings


def settings_text(settings: Mapping[str, str]) -> str:
    """As it goes into the metadata."""
    text = ";".join(f"{_quoted(name)}={_quoted(value)}" for name, value in settings.items())
    if len(text) > LONGEST:
        raise ContractError([Problem((), f"the settings take {len(text)} characters; at most {LONGEST} fit")])
    return text


def read_settings(text: str) -> Settings:
    """What `settings_text` wrote, or a person by hand."""
    if len(text) > LONGEST:
        raise ContractError([Problem((), f"the settings take more than {LONGEST} characters")])
    return read_pairs(_unquoted(pair) for pair in text.split(";") if pair.strip())


def override(mapping: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, Any]:
    """The contract's mapping with the settings laid over it; `null` takes a key out."""
    result = copy.deepcopy(dict(mapping))
    problems = []
    if "algorithm.name" in settings:
        result["algorithm"] = {}
    for name, value in settings.items():
        root, *rest = name.split(".")
        try:
            _lay(result, (*SHORT.get(root, (root,)), *rest), _value(value))
        except InvalidError as fault:
            problems.append(Problem((name,), str(fault)))
    if problems:
        raise ContractError(problems)
    return result


def overridden(contract: Contract, settings: Mapping[str, str]) -> Contract:
    """The contract of one run, or ContractError with all that does not fit."""
    return parse_contract(override(contract_to_mapping(contract), settings)) if settings else contract


def _fault(name: str) -> str | None:
    root, *rest = name.split(".")
    if root not in ROOTS:
        hint = nearest_name(root, ROOTS)
        return f"cannot be set for one run{hint or '; known are ' + ', '.join(ROOTS)}"
    if not all(rest):
        return "has an empty part"
    return "names no parameter; give model.NAME" if root in SHORT and not rest else None


def _lay(mapping: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    *sections, last = path
    for name in sections:
        below = mapping.setdefault(name, {})
        if not isinstance(below, dict):
            raise InvalidError(f"{name} is {shown(below)} and has no parts")
        mapping = below
    if value is None:
        mapping.pop(last, None)
    else:
        mapping[last] = value


def _value(text: str) -> object:
    """As YAML would read it: a number, a word for one of JSON's, a list or mapping in JSON; else the text."""
    if text in WORDS:
        return WORDS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    if FRACTION.fullmatch(text):
        return float(text)
    if text[:1] not in ('"', "[", "{"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidError(f"{shown(text)} is not JSON") from None


def _quoted(text: str) -> str:
    return quote(text, safe="-._~ ,:/[]{}\"'+*!()@")


def _unquoted(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return f"{unquote(name)}{equals}{unquote(value)}"
