"""State machines and what AWS documents of their outcome: one body, a table of cases (cases/*.yaml).

A case has a name that says what is claimed, and

states       the states; the first one is the start, and a state without Next ends
definition   in place of states: a whole definition, taken as it is written
language     JSONPath (the default) or JSONata
input        the execution's input, {} by default
answers      what services answer, in order: {"lambda:Invoke": [{result: 1}]}; see fakes.py
objects      what lies in S3: {"bucket/key": text}
token        what is sent back for a task token: {output}, {error, cause} or {heartbeats: n, output}
stop         stop the execution while it waits: {error, cause}

and of these at least one:

output       it succeeds with this
error        it fails with this error name; `cause` is a part of its cause, `cause_is` all of it
status       it ends like this
refused      the definition is refused, and the reason contains this
events       the types of its events, in order
row          the types of events that follow one another somewhere in its history
follows      an event's type: the id of the event that it names as the previous one
wrote        what lies in S3 afterwards, by a part of its key
roles        the roles that the calls were made with
stops        this call is made, soon after the end
called       the calls of services, with (some of) their arguments
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud.services.states.interpreter import program, tokens
from localcloud.services.states.interpreter.check import refusal
from localcloud.services.states.interpreter.execution import Context, Execution, Outcome
from localcloud.tests.patience import PATIENCE, eventually
from localcloud.tests.statemachines.fakes import FakeServices

_FOLDER = Path(__file__).parent / "cases"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(_FOLDER.glob("*.yaml"))
    for case in yaml.load(path.read_text("utf-8"), Loader=_LOADER)
]
_GOES_ON = {"Pass", "Task", "Wait", "Map", "Parallel"}


def test_the_table_has_at_least_150_cases_each_with_a_name_of_its_own() -> None:
    names = [case.id for case in CASES]
    assert len(names) >= 150
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    case = big(case)
    definition = case["definition"] if "definition" in case else machine(case["states"], case.get("language"))
    text = definition if isinstance(definition, str) else json_of(definition)
    reason = refusal(text)
    if "refused" in case:
        assert reason is not None
        assert case["refused"] in reason
        return
    assert reason is None
    services = FakeServices(case.get("answers", {}), case.get("objects", {}))
    outcome = perform(text, case, services)
    check(case, outcome, services)


def machine(states: dict[str, Any], language: str | None) -> dict[str, Any]:
    """A definition of the states; one that goes on and names nothing to go on to ends."""
    finished = {name: ended(state) for name, state in states.items()}
    return {
        "StartAt": next(iter(states)),
        "States": finished,
        **({"QueryLanguage": language} if language else {}),
    }


def ended(state: dict[str, Any]) -> dict[str, Any]:
    state = dict(state)
    if state["Type"] in _GOES_ON and "Next" not in state:
        state["End"] = True
    for key in ("ItemProcessor", "Iterator"):
        if key in state and "States" not in state[key]:
            inner = {name: value for name, value in state[key].items() if name != "ProcessorConfig"}
            config = {k: v for k, v in state[key].items() if k == "ProcessorConfig"}
            state[key] = {**machine(inner, None), **config}
    if "Branches" in state:
        state["Branches"] = [
            branch if "States" in branch else machine(branch, None) for branch in state["Branches"]
        ]
    return state


def big(case: dict[str, Any]) -> dict[str, Any]:
    """`BIG` in a case stands for a text of over 256 KiB, `HALF` for one of half of that."""
    found = json_of({**case, "called": []})
    if '"BIG"' not in found and '"HALF"' not in found:
        return case
    whole = found.replace('"BIG"', json.dumps("x" * 262_144)).replace('"HALF"', json.dumps("x" * 140_000))
    return dict(json.loads(whole))


def json_of(value: Any) -> str:
    return json.dumps(value, default=str)


def perform(text: str, case: dict[str, Any], services: FakeServices) -> Outcome:
    execution = Execution(program.parse(text), case.get("input", {}), Context(), services)
    threading.Thread(target=execution.walk, daemon=True).start()
    if "token" in case:
        send(execution, case["token"])
    if "stop" in case:
        eventually(
            lambda: any(
                "Submitted" in e["type"] or "WaitStateEntered" in e["type"] for e in execution.history
            )
        )
        execution.stop(**case["stop"])
    outcome = execution.wait(PATIENCE)
    assert outcome.status != "RUNNING", [event["type"] for event in execution.history]
    return outcome


def send(execution: Execution, what: dict[str, Any]) -> None:
    pool = execution.env.callback_pool_manager._pool
    eventually(lambda: bool(pool) and any("Submitted" in e["type"] for e in execution.history))
    token = next(iter(pool))
    for _ in range(what.get("heartbeats", 0)):
        time.sleep(0.4)
        tokens.heartbeat(token)
    if "output" in what:
        tokens.succeed(token, json_of(what["output"]))
    else:
        tokens.fail(token, what.get("error"), what.get("cause"))


def check(case: dict[str, Any], outcome: Outcome, services: FakeServices) -> None:
    summary = f"{outcome.status} {outcome.error}: {outcome.cause} {outcome.output}"
    if "output" in case:
        assert outcome.status == "SUCCEEDED", summary
        assert without_metadata(outcome.value) == case["output"], summary
    if "error" in case:
        assert (outcome.status, outcome.error) == ("FAILED", case["error"]), summary
    if "status" in case:
        assert outcome.status == case["status"], summary
    if "cause" in case:
        assert case["cause"] in (outcome.cause or ""), summary
    assert outcome.cause == case.get("cause_is", outcome.cause), summary
    check_history(case, outcome, summary)
    for part, content in case.get("wrote", {}).items():
        found = [text for name, text in services.objects.items() if part in name]
        assert found, (part, list(services.objects))
        assert content in found[0]
    for expected, (key, arguments) in zip(case.get("called", []), services.calls, strict=False):
        name, wanted = next(iter(expected.items()))
        assert key == name, services.calls
        assert {k: arguments.get(k) for k in wanted} == wanted
    assert services.roles == set(case["roles"]) if "roles" in case else True
    if "stops" in case:
        eventually(lambda: any(name == case["stops"] for name, _ in services.calls))
    assert len(services.calls) >= len(case.get("called", [])), services.calls


def check_history(case: dict[str, Any], outcome: Outcome, summary: str) -> None:
    types = [event["type"] for event in outcome.history]
    assert types == case.get("events", types), summary
    row = case.get("row", [])
    assert any(types[at : at + len(row)] == row for at in range(len(types))), (types, summary)
    for kind, previous in case.get("follows", {}).items():
        assert [e["previousEventId"] for e in outcome.history if e["type"] == kind] == [previous], summary


def without_metadata(value: Any) -> Any:
    """An output without what the optimised integrations tell of the HTTP exchange."""
    if isinstance(value, dict):
        return {
            k: without_metadata(v)
            for k, v in value.items()
            if k not in ("SdkHttpMetadata", "SdkResponseMetadata")
        }
    return [without_metadata(item) for item in value] if isinstance(value, list) else value
