"""What CloudFormation refuses in a template and MiniStack lets pass: references to nothing, and names that
are taken, whose owner MiniStack would overwrite and later delete with the wrong stack.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from localcloud.ministack.rebinding import replace


def install(handlers: dict[str, Any]) -> None:
    """Have both refused, the first before there is a stack, the second as the resource's failure."""
    from ministack.services.cloudformation import engine

    def check_all(template: dict[str, Any]) -> None:
        check(template)
        _check_references(template, engine._intrinsic_references)

    check = replace(engine, "_validate_template_statics", check_all)
    for resource_type, (member, taken) in _names().items():
        handlers[resource_type]["create"] = _unless_taken(
            handlers[resource_type]["create"], resource_type, member, taken
        )


# ---- references


def _check_references(template: Mapping[str, Any], references: Callable[[Any], Iterator[Any]]) -> None:
    # Before a transform there may be names that it makes.
    if template.get("Transform"):
        return
    known = {*(template.get("Resources") or {}), *(template.get("Parameters") or {})}
    for block in ("Resources", "Outputs"):
        content = template.get(block) or {}
        found = {name for name, _ in references(content) if not name.startswith("AWS::")}
        if missing := sorted((found | _dependencies(content)) - known):
            raise ValueError(
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] in the "
                f"{block} block of the template"
            )


def _dependencies(block: Mapping[str, Any]) -> set[str]:
    given = [each.get("DependsOn") or [] for each in block.values() if isinstance(each, dict)]
    return {name for names in given for name in ([names] if isinstance(names, str) else names)}


# ---- names


def _names() -> dict[str, tuple[str, Callable[[str], bool]]]:
    """By type: the property that names it, and whether a name is taken."""
    from ministack.services import dynamodb, lambda_svc, sns, sqs, stepfunctions
    from ministack.services import iam as identity

    return {
        "AWS::DynamoDB::Table": ("TableName", lambda name: name in dynamodb._tables),
        "AWS::IAM::Role": ("RoleName", lambda name: name in identity._roles),
        "AWS::Lambda::Function": ("FunctionName", lambda name: name in lambda_svc._functions),
        "AWS::SNS::Topic": ("TopicName", lambda name: _ends(sns._topics, f":{name}")),
        "AWS::SQS::Queue": ("QueueName", lambda name: _ends(sqs._queues, f"/{name}")),
        "AWS::StepFunctions::StateMachine": (
            "StateMachineName",
            lambda name: _ends(stepfunctions._state_machines, f":stateMachine:{name}"),
        ),
    }


def _ends(keys: Mapping[str, Any], end: str) -> bool:
    return any(key.endswith(end) for key in list(keys))


def _unless_taken(
    create: Callable[..., Any], resource_type: str, member: str, taken: Callable[[str], bool]
) -> Callable[..., Any]:
    def create_unless_taken(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        name = properties.get(member)
        if name and taken(str(name)):
            raise ValueError(f"Resource of type '{resource_type}' with identifier '{name}' already exists.")
        return create(logical_id, properties, stack)

    return create_unless_taken
