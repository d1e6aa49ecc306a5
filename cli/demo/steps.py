"""The loop. Each step acts, looks at what that left behind and returns what it saw, with figures."""

import csv
import json
from collections.abc import Callable
from typing import Any

from cli.demo import data
from cli.demo.stage import STRICT, USECASE, Stage, eventually, insist
from cli.show import metrics
from cli.waiting import wait
from dropforge.domain import keys
from dropforge.edge.contract_yaml import load_contract
from dropforge.operations import approvals
from dropforge.operations.contracts import publish, until_in_force
from dropforge.operations.drops import drop, drop_to_predict, inference_started_by, run_started_by
from dropforge.operations.predictions import LINES, Request, predict
from dropforge.operations.registry import champion_of, find_version
from dropforge.operations.runs import Run

TARGET = "Personal Loan"
TRAINING_ROWS = 5000
INFERENCE_ROWS = 500
THRESHOLD_KEY = "threshold"
SECONDS = 300.0
PUBLISH_SECONDS = 60.0

Step = Callable[[Stage], str]


def publish_contract(stage: Stage) -> str:
    """contracts/loan/contract.yaml → a model package group."""
    group = put_in_force(stage, data.CONTRACT.read_bytes())
    stage.notified("contract_published", lambda message: message["usecase"] == USECASE)
    return f"the contract is in force and the model package group {group} exists"


def train_first(stage: Stage) -> str:
    """drops/loan/… → a registered version; rows that break the contract are set aside."""
    table = data.generate(TRAINING_ROWS, stage.seed)
    spoiled = data.spoil(table)
    ended = train(stage, table, "first")
    rows = read_csv(stage, keys.quarantined(USECASE, ended.run))
    lines = {int(row["line"]) for row in rows}
    insist(set(spoiled) <= lines, f"lines {spoiled} are in the quarantine, which has {sorted(lines)}")
    insist(all(row["reason"] for row in rows), "every quarantined row has a reason")
    return (
        f"version {ended.version} registered ({metrics(ended.metrics)}); "
        f"{len(rows)} of {TRAINING_ROWS} rows quarantined, the {len(spoiled)} spoiled ones among them"
    )


def refuse_at_gate(stage: Stage) -> str:
    """A gate above what the model reaches → no version, and a reason with metric, value and limit."""
    put_in_force(stage, data.strict_contract(STRICT))
    file = data.write(stage.folder / "strict.csv", data.generate(TRAINING_ROWS, stage.seed + 1))
    ended = wait(stage.stack, run_started_by(stage.stack, drop(stage.stack, STRICT, file), SECONDS))
    insist(ended.status == "refused", f"run {ended.run} is refused, not {ended.status}: {ended.reason}")
    reason = ended.reason or ""
    insist("accuracy" in reason and "1.0" in reason, f"the reason names metric and limit: {reason}")
    stage.notified("run_refused", lambda message: message.get("run") == ended.run)
    return reason


def approve_first(stage: Stage) -> str:
    """Approval → an endpoint that is InService."""
    return approve(stage, stage.versions[-1])


def ask_endpoint(stage: Stage) -> str:
    """The endpoint answers the records it is asked, each with a probability and a confidence."""
    heading, *rows = data.without(data.generate(20, stage.seed + 2), TARGET)
    body = "\n".join(json.dumps(dict(zip(heading, row, strict=True))) for row in rows)
    answers = predict(stage.stack, USECASE, Request(body.encode(), LINES))
    insist(len(answers) == len(rows), f"{len(rows)} records get as many answers, not {len(answers)}")
    insist(all(0 <= answer["probability"] <= 1 for answer in answers), "probabilities lie between 0 and 1")
    insist(all(0 <= answer["confidence"] <= 1 for answer in answers), "confidences lie between 0 and 1")
    return f"{len(answers)} answers; the first: {json.dumps(answers[0])}"


def infer(stage: Stage) -> str:
    """inference/loan/… → a prediction a row, and one message with exactly the doubtful ones."""
    table = data.without(data.generate(INFERENCE_ROWS, stage.seed + 3), TARGET)
    name = f"demo-{stage.seed}.csv"
    file = data.write(stage.folder / name, table)
    dropped = drop_to_predict(stage.stack, USECASE, file)
    ended = wait(stage.stack, inference_started_by(stage.stack, dropped, SECONDS))
    insist(ended.succeeded, f"inference succeeds: {ended.error}: {ended.cause}")
    folder = keys.predictions_folder(USECASE, f"{keys.slug(dropped.key)}-{dropped.run[-16:-8]}")
    rows = read_csv(stage, f"{folder}/predictions.csv")
    insist(len(rows) == INFERENCE_ROWS, f"{INFERENCE_ROWS} rows give as many predictions, not {len(rows)}")
    message = stage.notified("low_confidence", lambda found: found["input"] == dropped.uri)
    doubtful = {int(row["row"]) for row in rows if float(row["confidence"]) < message[THRESHOLD_KEY]}
    records = {record["row"] for record in message["records"]}
    insist(doubtful, "some predictions are doubtful, or the message could not be tried")
    insist(records == doubtful, f"the message has the {len(doubtful)} doubtful rows, not {len(records)} rows")
    insist(stage.count("low_confidence") == 1, "there is one such message")
    return (
        f"{len(rows)} predictions; one low_confidence message with the {len(doubtful)} rows "
        f"under {message[THRESHOLD_KEY]}"
    )


def replace(stage: Stage) -> str:
    """Another drop, another version, approved → it takes the first one's place."""
    ended = train(stage, data.generate(TRAINING_ROWS, stage.seed + 4), "second")
    return f"{approve(stage, int(ended.version or 0))}, in the place of version {stage.versions[0]}"


def alarm(stage: Stage) -> str:
    """The endpoint's alarm goes off → the replaced version is back, and people are told."""
    name = f"{stage.endpoint}-5xx"
    cloudwatch = stage.stack.client("cloudwatch")
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a fire drill of the demo.")
    first = stage.versions[0]

    def is_back() -> bool:
        endpoint = stage.stack.client("sagemaker").describe_endpoint(EndpointName=stage.endpoint)
        package = champion_of(stage.stack, USECASE) or ""
        return endpoint["EndpointStatus"] == "InService" and package.endswith(f"/{first}")

    eventually(is_back, f"version {first} is served again", 90)
    message = stage.notified("rolled_back", lambda found: found["usecase"] == USECASE, 60)
    return f"alarm {name} brought version {first} back: {message['message']}"


LOOP: dict[str, Step] = {
    "publish": publish_contract,
    "drop → registered": train_first,
    "gate refuses": refuse_at_gate,
    "approve → live": approve_first,
    "predict": ask_endpoint,
    "infer → low_confidence": infer,
    "approve a second": replace,
    "alarm → roll back": alarm,
}


def train(stage: Stage, table: list[list[str]], name: str) -> Run:
    """Drop a table and follow its run to a registered version."""
    file = data.write(stage.folder / f"{name}.csv", table)
    ended = wait(stage.stack, run_started_by(stage.stack, drop(stage.stack, USECASE, file), SECONDS))
    insist(ended.ended_well, f"run {ended.run} registers a version; it was {ended.status}: {ended.reason}")
    insist({"accuracy", "auc", "f1"} <= set(ended.metrics), f"its metrics are known: {ended.metrics}")
    stage.notified("model_registered", lambda message: message.get("run") == ended.run)
    stage.versions.append(int(ended.version or 0))
    return ended


def approve(stage: Stage, version: int) -> str:
    """Approve a version and see that the endpoint serves it."""
    model = find_version(stage.stack, USECASE, str(version))
    decision = approvals.approve(stage.stack, model, "approved by the demo")
    wait(stage.stack, approvals.deployment_by(stage.stack, decision, SECONDS))
    endpoint = stage.stack.client("sagemaker").describe_endpoint(EndpointName=stage.endpoint)
    insist(endpoint["EndpointStatus"] == "InService", f"the endpoint is {endpoint['EndpointStatus']}")
    insist(champion_of(stage.stack, USECASE) == model.model_package, f"it serves version {version}")
    stage.notified("deployed", lambda message: str(message.get("version")) == str(version))
    return f"endpoint {stage.endpoint} is InService with version {version}"


def put_in_force(stage: Stage, text: bytes) -> str:
    """Publish a contract; the answer is its model package group."""
    published = publish(stage.stack, load_contract(text), text)
    return wait(stage.stack, until_in_force(stage.stack, published, PUBLISH_SECONDS))


def read_csv(stage: Stage, key: str) -> list[dict[str, Any]]:
    """A CSV out of the data bucket."""
    return list(csv.DictReader(stage.stack.objects.read(key).decode().splitlines()))
