"""The fields of a definition that moto's grammar does not know: taken out before it reads, kept for
their state.

State names are unique in a definition, so a name is enough to find the state again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_READER = ("CSVDelimiter", "ItemsPointer", "Transformation", "ManifestType", "MaxItems")
_KNOWN_TYPES = ("CSV", "JSON")


def strip(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Take the unknown fields out of the definition; state name -> what was taken."""
    taken: dict[str, dict[str, Any]] = {}
    for name, state, language in states_of(definition, definition.get("QueryLanguage", "JSONPath")):
        if state.get("Type") == "Map":
            extra = _of_map(state)
            if extra:
                taken[name] = {**extra, "language": language}
        # A Result that is written in a JSONata state has no meaning, and Comment may be anything.
        if state.get("Comment") == "":
            state.pop("Comment")
    return taken


def states_of(machine: Mapping[str, Any], language: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every state of a definition, those inside states too, with its query language."""
    states = machine.get("States")
    for name, state in states.items() if isinstance(states, dict) else ():
        if not isinstance(state, dict):
            continue
        own: str = state.get("QueryLanguage") or language
        yield name, state, own
        branches = state.get("Branches")
        inner = [
            state.get("ItemProcessor"),
            state.get("Iterator"),
            *(branches if isinstance(branches, list) else ()),
        ]
        for machine_inside in inner:
            if isinstance(machine_inside, dict):
                yield from states_of(machine_inside, machine_inside.get("QueryLanguage") or own)


def _of_map(state: dict[str, Any]) -> dict[str, Any]:
    extra: dict[str, Any] = {}
    if "ItemBatcher" in state:
        extra["ItemBatcher"] = state.pop("ItemBatcher")
    reader = state.get("ItemReader")
    if isinstance(reader, dict):
        state["ItemReader"] = {
            **reader,
            **({"ReaderConfig": _reader(reader["ReaderConfig"], extra)} if "ReaderConfig" in reader else {}),
        }
    config = (state.get("ItemProcessor") or {}).get("ProcessorConfig")
    if isinstance(config, dict) and config.get("ExecutionType") == "EXPRESS":
        state["ItemProcessor"]["ProcessorConfig"] = {**config, "ExecutionType": "STANDARD"}
        extra["ExecutionType"] = "EXPRESS"
    if isinstance(state.get("ItemSelector"), str):
        extra["ItemSelector"] = state.pop("ItemSelector")
    writer = state.get("ResultWriter")
    if isinstance(writer, dict):
        extra["WriterConfig"] = writer.get("WriterConfig", {})
        extra["Writes"] = "Resource" in writer
        kept = {key: value for key, value in writer.items() if key != "WriterConfig"}
        state.pop("ResultWriter")
        if extra["Writes"]:
            state["ResultWriter"] = kept
    if isinstance(state.get("ToleratedFailurePercentage"), int):
        state["ToleratedFailurePercentage"] = float(state["ToleratedFailurePercentage"])
    return extra


def _reader(config: Any, extra: dict[str, Any]) -> Any:
    if not isinstance(config, dict):
        return config
    extra["Reader"] = {key: config[key] for key in _READER if key in config} | {
        "InputType": config.get("InputType")
    }
    kept = {key: value for key, value in config.items() if key not in _READER or key == "MaxItems"}
    if kept.get("InputType") not in _KNOWN_TYPES:
        kept["InputType"] = "JSON"
    return kept
