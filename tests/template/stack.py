"""The template as CloudFormation gets it: written out by the SAM translator, its functions left alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
Resource = dict[str, Any]


@cache
def source() -> dict[str, Any]:
    from samtranslator.yaml_helper import yaml_parse

    return dict(yaml_parse((ROOT / "template.yaml").read_text()))


@cache
def translated() -> dict[str, Any]:
    from samtranslator.translator.transform import transform

    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    template = json.loads(json.dumps(source()))
    for resource in template["Resources"].values():
        for name in ("CodeUri", "ContentUri", "DefinitionUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = {"Bucket": "packaged", "Key": resource["Properties"][name]}
    return dict(transform(template, {}, _NoManagedPolicies()))


class _NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


def of_type(kind: str) -> dict[str, Resource]:
    return {name: found for name, found in translated()["Resources"].items() if found["Type"] == kind}


def properties(name: str) -> dict[str, Any]:
    return dict(translated()["Resources"][name]["Properties"])


def statements(role: str) -> Iterator[dict[str, Any]]:
    for policy in properties(role).get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else list(found)


def machines() -> dict[str, dict[str, Any]]:
    """Each state machine's definition, by its logical id."""
    found = source()["Resources"].items()
    paths = {
        n: r["Properties"]["DefinitionUri"] for n, r in found if r["Type"] == "AWS::Serverless::StateMachine"
    }
    return {name: json.loads((ROOT / path).read_text()) for name, path in paths.items()}


def states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state, those inside a Map too."""
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states(state["ItemProcessor"])
