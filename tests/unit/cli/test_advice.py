"""Each error of an operation is said with what to do about it here, and has its exit status."""

from dataclasses import fields
from inspect import getmembers, isclass

import pytest

from cli.advice import ADVICE, explain
from cli.errors import CommandError, Refused, UserError
from dropforge.operations import errors
from dropforge.operations.errors import OperationError

KNOWN = [
    kind
    for _name, kind in getmembers(errors, isclass)
    if issubclass(kind, OperationError) and kind is not OperationError
]


def example(kind: type[OperationError]) -> OperationError:
    given = {"seconds": 120.0, "megabytes": 7.0, "limit": 6.3}
    return kind(**{field.name: given.get(field.name, field.name.upper()) for field in fields(kind)})


def test_no_error_is_without_its_row() -> None:
    assert set(ADVICE) == set(KNOWN)


@pytest.mark.parametrize("kind", KNOWN)
def test_facts_come_first_and_name_no_command(kind: type[OperationError]) -> None:
    fault = example(kind)
    assert "./dropforge" not in str(fault)
    assert str(explain(fault)).startswith(str(fault))
    assert "{" not in str(explain(fault))


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (
            errors.NoStack("mine"),
            UserError,
            "there is no stack mine here; deploy it or name another with --stack",
        ),
        (
            errors.NotStarted("started run loan-1", 120, "StartTraining"),
            Refused,
            "nothing started run loan-1 within 120 s; `./dropforge logs --function StartTraining` says why",
        ),
        (
            errors.StillRunning("run loan-1", 7200),
            Refused,
            "run loan-1 still runs after 7200 s; it goes on without this command",
        ),
        (
            errors.NotServed("loan", "dropforge-loan", "Endpoint dropforge-loan not found"),
            UserError,
            (
                "dropforge-loan does not answer: Endpoint dropforge-loan not found; approve a version with "
                "`./dropforge approve loan latest --wait`, or see `./dropforge endpoints`"
            ),
        ),
        (
            errors.ModelRefused("400", "no column Ag"),
            Refused,
            "the model refused the request (400): no column Ag",
        ),
    ],
)
def test_the_whole_sentence(fault: OperationError, status: type[CommandError], said: str) -> None:
    explained = explain(fault)
    assert (type(explained), str(explained)) == (status, said)


def test_another_fault_is_not_explained() -> None:
    assert explain(ValueError("x")) is None
