"""Parts of the interpreter that a whole state machine shows only from afar."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from threading import Timer

import pytest

from localcloud.services.states.interpreter import jsonata_engine, paths, program, seam, tokens
from localcloud.services.states.interpreter.execution import Context, Execution, run
from localcloud.services.states.interpreter.intrinsic_syntax import Call, IntrinsicSyntax, Literal, Path, read
from localcloud.services.states.interpreter.mapruns import batches
from localcloud.services.states.interpreter.services import Services
from localcloud.services.states.refusals import names_twice

NOBODY = "http://127.0.0.1:9"


def test_a_name_that_moto_lacks_is_named_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(seam.NAMES, "asl.component.program.program", ("Program", "Gone"))
    with pytest.raises(seam.SeamMissing, match=r"asl\.component\.program\.program\.Gone"):
        seam._load()


def test_no_module_of_moto_keeps_a_function_that_is_replaced() -> None:
    program.install()
    names = {name for _, name in seam.SHARED}
    modules = [module for path, module in sys.modules.items() if path.startswith(seam._ROOT)]
    held = {getattr(module, name).__module__ for module in modules for name in names & vars(module).keys()}
    assert held == {seam.__name__}


def test_the_checker_of_definitions_does_not_import_the_interpreter() -> None:
    code = "import sys; from localcloud.services.states import validate; print('moto' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_a_refused_definition_spoils_no_later_one() -> None:
    state = '{"A":{"Type":"Pass","QueryLanguage":"JSONPath","End":true}}'
    downgrade = f'{{"QueryLanguage":"JSONata","StartAt":"A","States":{state}}}'
    with pytest.raises(program.Refused):
        program.parse(downgrade)
    outcome = run(
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "$.y"}, "End": True}}},
        {"y": 1},
    )
    assert outcome.value == {"x": 1}


def test_a_definition_is_read_once() -> None:
    text = '{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}'
    assert program.parse(text) is program.parse(text)


@pytest.mark.parametrize(
    ("path", "data", "found"),
    [
        ("$.a.b", {"a": {"b": None}}, None),
        ("$.l[1].k", {"l": [0, {"k": 5}]}, 5),
        ("$.l[*].k", {"l": [{"k": 1}, {}]}, [1]),
        ("$.l[*]", {"l": []}, []),
        ("$.l[?(@.k==9)]", {"l": [{"k": 1}]}, []),
        ("$..k", {"a": {"k": 1}}, [1]),
        ("$.no[*]", {"l": []}, []),
    ],
)
def test_a_path_to_one_place_gives_its_value_and_any_other_a_list(
    path: str, data: object, found: object
) -> None:
    assert paths.extract(path, data) == found


@pytest.mark.parametrize("path", ["$.no", "$.l[9]", "$.a.b.c"])
def test_a_single_place_that_is_not_there_is_an_error(path: str) -> None:
    with pytest.raises(seam.NoSuchJsonPathError):
        paths.extract(path, {"a": 1, "l": [1]})


def test_a_call_is_read_with_its_nested_calls_paths_and_quotes() -> None:
    call = read("States.Format('it\\'s {}, ', States.Array($.a[?(@.b=='x)')], $$.State.Name, -1.5, true))")
    inner = Call("Array", (Path("$.a[?(@.b=='x)')]"), Path("$$.State.Name"), Literal(-1.5), Literal(True)))
    assert call == Call("Format", (Literal("it's {}, "), inner))


@pytest.mark.parametrize(
    "text", ["States.Format('a'", "States.No()", "States.UUID() x", "States.Array(x)", "Format('a')"]
)
def test_what_is_not_a_call_is_refused(text: str) -> None:
    with pytest.raises(IntrinsicSyntax):
        read(text)


def test_an_expression_tells_null_from_nothing() -> None:
    assert jsonata_engine.evaluate("$x.a", {"x": {"a": None}}) is None
    with pytest.raises(jsonata_engine.Undefined):
        jsonata_engine.evaluate("$x.b", {"x": {"a": None}})


def test_batches_keep_both_limits_and_lose_nothing() -> None:
    items = [f"item {number}" for number in range(10)]
    cut = list(batches({"MaxItemsPerBatch": 3, "MaxInputBytesPerBatch": 60}, items))
    assert [item for batch in cut for item in batch] == items
    assert max(len(batch) for batch in cut) <= 3


def test_a_name_of_a_state_is_unique_across_scopes() -> None:
    branch = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    found = list(
        names_twice(
            {"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [branch], "End": True}}}
        )
    )
    assert len(found) == 1


def test_a_stopped_execution_takes_no_more_events() -> None:
    machine = program.parse('{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":0,"End":true}}}')
    execution = Execution(machine, {}, Context(), Services(NOBODY))
    assert execution.stop("E", "before it began")
    execution.walk()
    assert [event["type"] for event in execution.history] == ["ExecutionAborted"]
    assert not execution.stop()


def test_waiting_can_be_shortened() -> None:
    services = Services(NOBODY, wait_scale=0.001)
    definition = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": True}}}
    assert run(definition, {}, services=services).status == "SUCCEEDED"


def test_the_pauses_between_tries_can_be_shortened_and_an_abort_ends_them() -> None:
    """Tried again after 100 and 200 s; with nothing shortened, until somebody stops it."""
    again = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "MaxAttempts": 2, "BackoffRate": 2}]
    task = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sts:getCallerIdentity", "End": True}
    definition = {"StartAt": "T", "States": {"T": task | {"Retry": again}}}
    assert run(definition, {}, services=Services(NOBODY, wait_scale=0.001)).status == "FAILED"

    execution = Execution(program.parse(json.dumps(definition)), {}, Context(), Services(NOBODY))
    Timer(0.5, execution.stop).start()
    begun = time.monotonic()
    execution.walk()
    assert execution.history[-1]["type"] == "ExecutionAborted"
    assert time.monotonic() - begun < 50


def test_a_role_has_its_own_credentials() -> None:
    services = Services(NOBODY, credentials=lambda role: (role[-1], "secret", "token"))
    one, two = services.client("sts", "role/a"), services.client("sts", "role/b")
    assert one is not two
    assert one is services.client("sts", "role/a")
    assert one._request_signer._credentials.access_key == "a"


def test_a_token_that_never_was_and_one_that_is_over_are_told_apart() -> None:
    pool = tokens.Tokens(activity_store={})
    pool.add("t")
    tokens.succeed("t", "{}")
    with pytest.raises(tokens.TokenExpired):
        tokens.succeed("t", "{}")
    pool.release()
    with pytest.raises(tokens.UnknownToken):
        tokens.heartbeat("t")
