"""Putting a contract into the bucket, and seeing it come into force.

A contract is in force when publish_contract has written its normalised form beside it; a refused one leaves
the last valid one there, so what is compared is that the form is this contract's.
"""

import time
from dataclasses import dataclass

from dropforge.domain import keys
from dropforge.domain.contract import Contract, contract_from_json
from dropforge.domain.errors import Absent
from dropforge.operations.errors import NotInForce
from dropforge.operations.executions import Step, Steps, Waiting
from dropforge.operations.stack import Stack

COMING = Step("waiting for it to come into force")


@dataclass(frozen=True)
class Published:
    """A contract that was put."""

    contract: Contract
    uri: str


def publish(stack: Stack, contract: Contract, text: bytes) -> Published:
    """Put a contract's text where the cloud takes it up."""
    key = keys.contract_source(contract.usecase)
    stack.objects.write(key, text, "application/yaml")
    return Published(contract, stack.uri(key))


def put_script(stack: Stack, usecase: str, name: str, text: bytes) -> None:
    """Put a training script where each run takes its copy from."""
    stack.objects.write(keys.script(usecase, name), text, "text/x-python")


def contract_in_force(stack: Stack, usecase: str) -> Contract | None:
    """The last valid contract that was published; None where there is none."""
    try:
        return contract_from_json(stack.objects.read(keys.published_contract(usecase)).decode())
    except Absent:
        return None


def until_in_force(stack: Stack, published: Published, timeout: float) -> Waiting[str]:
    """Wait for the normalised form and the model package group; the result is the group's name."""
    usecase = published.contract.usecase
    return Waiting(f"contract of {usecase}", _until_in_force(stack, published, timeout))


def _until_in_force(stack: Stack, published: Published, timeout: float) -> Steps[str]:
    usecase = published.contract.usecase
    group, deadline = stack.named(usecase), time.monotonic() + timeout
    while contract_in_force(stack, usecase) != published.contract or not stack.registry.has_group(group):
        yield COMING
        if time.monotonic() > deadline:
            raise NotInForce(usecase, timeout)
        time.sleep(stack.poll_seconds)
    return group
