"""SageMaker over the wire against botocore's own model: what it allows is taken and told again, what
it forbids is refused as AWS refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from localcloud.api.models import service_model
from localcloud.services.sagemaker import SageMaker
from localcloud.tests.conformance import values
from localcloud.tests.conformance.requests import OTHERS, ROLE, VALID, requests, searches
from localcloud.tests.unit.sagemaker.laptop import FakePorts

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.tests.conformance.wire import Wire

SEEDED = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("action", sorted(VALID))
def test_what_the_model_allows_is_taken_and_told_again(wire: Wire, action: str) -> None:
    recipe = VALID[action]

    @SEEDED
    @given(drawn=requests(action))
    def each(drawn: dict[str, Any]) -> None:
        named = {recipe.name: wire.name()} if recipe.name else {}
        answer = wire.ask("valid", action, drawn | named)
        if recipe.describe is not None:
            asked = {member: answer[known] for member, known in recipe.told_by.items()} or named
            described = wire.ask("valid", recipe.describe, asked)
            known = service_model("sagemaker").operation_model(recipe.describe).output_shape
            assert known is not None
            expected = {name: drawn[name] for name in recipe.free if name in drawn and name in known.members}
            assert {name: described.get(name) for name in expected} == expected

    each()


def test_any_search_is_answered(wire: Wire) -> None:
    @SEEDED
    @given(drawn=searches())
    def each(drawn: dict[str, Any]) -> None:
        answer = wire.ask("valid", "Search", drawn)
        assert len(answer["Results"]) <= answer["TotalHits"]["Value"]

    each()


@pytest.mark.parametrize("action", sorted({*VALID, *OTHERS}))
def test_each_broken_constraint_is_refused_in_awss_shape_and_named(wire: Wire, action: str) -> None:
    good = OTHERS.get(action) or _complete(wire, action)
    broken = list(values.faults(action, wire.input_shape(action), good))
    for fault in broken[:: max(1, len(broken) // 80)]:
        code, message = wire.refusal(action, fault.payload)
        assert (code, fault.names in message) == (fault.code, True), f"{fault.what}: {code}: {message}"


@pytest.mark.parametrize("action", sorted(OTHERS))
def test_what_is_not_there_is_refused_with_the_code_that_aws_has_for_it(wire: Wire, action: str) -> None:
    if action == "Search":
        assert wire.ask("valid", action, OTHERS[action])["Results"] == []
        return
    code, message = wire.refusal(action, OTHERS[action])
    # The model declares ResourceNotFound for all jobs; AWS itself and boto3's waiters know the other code,
    # except for tuning jobs.
    assert code == ("ResourceNotFound" if "Tuning" in action else "ValidationException")
    assert "x" in message or message == "Requested resource not found."


@pytest.mark.parametrize("action", sorted(action for action, recipe in VALID.items() if recipe.name))
def test_a_name_is_taken_once(wire: Wire, action: str) -> None:
    recipe, name = VALID[action], wire.name()
    request = recipe.given | {recipe.name: name} | ({"RoleArn": ROLE} if "RoleArn" in recipe.free else {})
    arn = next(iter(wire.ask("valid", action, request).values()))
    code, message = wire.refusal(action, request)
    assert code == ("ResourceInUse" if "Job" in action else "ValidationException")
    assert arn in message


@pytest.mark.parametrize("action", sorted(action for action in VALID if action.startswith("List")))
def test_pages_of_any_size_hold_each_item_once_in_order(wire: Wire, action: str) -> None:
    given, member = VALID[action].given, _list_member(action)
    smallest = 50 if action == "ListTags" else 7
    items: list[Any] = []
    page = wire.ask("valid", action, given | {"MaxResults": smallest})
    items += page[member]
    while "NextToken" in page:
        page = wire.ask("valid", action, given | {"MaxResults": smallest, "NextToken": page["NextToken"]})
        items += page[member]
    at_once = wire.ask("valid", action, given | {"MaxResults": 100})
    in_pages, together = [_name(item) for item in items], [_name(item) for item in at_once[member]]
    assert [name for name in in_pages if name in together] == together
    assert len({str(item) for item in items}) == len(items) >= 1
    assert wire.refusal(action, given | {"NextToken": "bogus"})[0] == "ValidationException"


def _name(item: dict[str, Any]) -> str:
    """What stays the same of an item that is at work: its ARN, or a tag's key."""
    return str(next((value for key, value in item.items() if key.endswith("Arn")), item.get("Key")))


def _list_member(action: str) -> str:
    shape = service_model("sagemaker").operation_model(action).output_shape
    assert shape is not None
    return next(name for name in shape.members if name != "NextToken")


def test_every_operation_of_the_service_was_asked_and_there_were_enough_calls(
    wire: Wire, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Counts what the others of this file did, so it needs them all."""
    chosen = [item for item in request.session.items if item.path == request.path]
    if len(chosen) < len(VALID) + len({*VALID, *OTHERS}):
        pytest.skip("only a part of this file was chosen")
    here = set(SageMaker(tmp_path, FakePorts("http://127.0.0.1:1")).operations)
    assert here == {*VALID, *OTHERS}
    print(f"SageMaker conformance: {dict(wire.counted)}")
    assert wire.counted["valid"] >= 400
    assert wire.counted["invalid"] >= 400


def _complete(wire: Wire, action: str) -> dict[str, Any]:
    """A request with every free member and all that can be in it, as simple as Hypothesis can make it."""
    recipe = VALID[action]
    shape = wire.input_shape(action)
    every = {name: values.of(shape.members[name], 1, whole=True) for name in recipe.free}
    simplest = settings(SEEDED, phases=[Phase.generate], max_examples=20)
    drawn = find(st.fixed_dictionaries(every), lambda _: True, settings=simplest)
    return drawn | recipe.given | ({recipe.name: "x"} if recipe.name else {})
