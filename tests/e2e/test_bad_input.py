"""Every bad drop, key and contract ends in a clear reason that was told; nothing is lost or stuck."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from localcloud.tests.patience import eventually
from tests.e2e.laptop import Laptop, loan_contract, loan_rows

pytestmark = pytest.mark.e2e

GOOD = loan_rows(400)
HEADER, *LINES = GOOD.splitlines()
COLUMNS = HEADER.split(",")
TARGET = COLUMNS.index("Personal Loan")


def _rows(lines: list[str], header: str = HEADER) -> bytes:
    return ("\n".join([header, *lines]) + "\n").encode()


def _without_column(index: int) -> bytes:
    kept = [
        ",".join(cells[:index] + cells[index + 1 :])
        for cells in (line.split(",") for line in GOOD.splitlines())
    ]
    return ("\n".join(kept) + "\n").encode()


# What is dropped, and what the reason must say.
FILES: dict[str, tuple[bytes, list[str]]] = {
    "zero-bytes.csv": (b"", ["empty"]),
    "blank.csv": (b"\n\n\n", ["blank"]),
    "header-only.csv": (_rows([]), ["no rows"]),
    "truncated.csv": (_rows(LINES)[:-9], ["line 401"]),
    "open-quote.csv": (_rows([*LINES[:200], '"' + LINES[200], *LINES[201:]]), ["quote"]),
    "binary.csv": (bytes(range(256)) * 40, ["not text", "byte 0"]),
    "not-utf8.csv": (_rows(LINES).replace(b"1,", b"\xff\xfe,", 40), ["utf-8"]),
    "semicolons.csv": (GOOD.replace(",", ";").encode(), ["';'", "','"]),
    "missing-column.csv": (_without_column(1), [COLUMNS[1]]),
    "extra-column.csv": (_rows([line + ",1" for line in LINES], HEADER + ",Shoe size"), ["Shoe size"]),
    "twice-the-same-header.csv": (
        _rows(LINES, ",".join([COLUMNS[0], COLUMNS[0], *COLUMNS[2:]])),
        [COLUMNS[0], "more than once"],
    ),
    "few-rows.csv": (_rows(LINES[:50]), ["50"]),
    "one-class.csv": (_rows([line for line in LINES if line.split(",")[TARGET] == "0"]), ["class"]),
}

KEYS = {
    "drops/bad-input/with spaces in it.csv": True,
    "drops/bad-input/ünïcödé-データ.csv": True,
    "drops/bad-input/../../etc/passwd": False,
    "drops/bad-input/" + "n" * (1024 - len("drops/bad-input/")): True,
    "drops/nobody-knows/loan.csv": False,
    "drops/no-usecase.csv": False,
}


@pytest.fixture(scope="module")
def usecase(laptop: Laptop) -> str:
    contract = loan_contract("bad-input", quality={"megabytes": 100, "minimum_rows": 200})
    laptop.put("contracts/bad-input/contract.yaml", contract)
    laptop.notified("contract_published", "bad-input")
    return "bad-input"


@pytest.fixture(scope="module")
def dropped(laptop: Laptop, usecase: str) -> dict[str, dict[str, Any]]:
    """Every bad file dropped at once; the executions they ended in, by file name."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda item: laptop.put(f"drops/{usecase}/{item[0]}", item[1][0]), FILES.items()))
    laptop.put(f"drops/{usecase}/200-megabytes.csv", b"x" * 200 * 1024 * 1024)

    def ended() -> dict[str, dict[str, Any]]:
        found = {e["input"]["key"].rsplit("/", 1)[1]: e for e in _runs_of(laptop, usecase)}
        done = all(
            name in found and found[name]["status"] != "RUNNING" for name in [*FILES, "200-megabytes.csv"]
        )
        return found if done else {}

    return eventually(ended, "an end of every bad drop")


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused_with_its_rule_and_figure_and_told(
    laptop: Laptop, dropped: dict[str, dict[str, Any]], usecase: str, name: str
) -> None:
    execution = dropped[name]

    assert (execution["status"], execution["error"]) == ("FAILED", "DropRefused")
    for part in FILES[name][1]:
        assert part in execution["cause"]
    notified = laptop.notified("run_refused", usecase, len(FILES))
    assert any(execution["cause"] in message["message"] for message in notified)
    stored = laptop.client("s3").head_object(Bucket=laptop.bucket, Key=f"drops/{usecase}/{name}")
    assert stored["ContentLength"] == len(FILES[name][0])


def test_a_file_over_the_contracts_limit_is_refused_with_both_sizes(
    dropped: dict[str, dict[str, Any]],
) -> None:
    execution = dropped["200-megabytes.csv"]

    assert execution["error"] == "DropRefused"
    assert "200" in execution["cause"]
    assert "100" in execution["cause"]


def test_a_byte_order_mark_is_not_a_fault(laptop: Laptop, usecase: str) -> None:
    version = laptop.put(f"drops/{usecase}/with-bom.csv", b"\xef\xbb\xbf" + _rows(LINES))

    execution = _end_of(laptop, usecase, version)

    assert execution.get("error") != "DropRefused", execution.get("cause")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:40])
def test_an_unusual_key_is_either_run_or_refused_never_lost(laptop: Laptop, usecase: str, key: str) -> None:
    version = laptop.put(key, _rows(LINES[:60]))

    execution = _end_of(laptop, None, version)

    assert execution["error"] == "DropRefused"
    expected = "60" if KEYS[key] else "drops/"
    assert expected in execution["cause"] or "contract" in execution["cause"]
    notified = eventually(
        lambda: [
            m for m in laptop.inbox() if m["kind"] == "run_refused" and execution["cause"] in m["message"]
        ],
        "a message",
    )
    assert len(notified) >= 1


BAD_CONTRACTS = {
    "not yaml": ("usecase: [", ["line"]),
    "a list": ("- 1\n- 2\n", ["mapping"]),
    "an unknown key": (loan_contract("bad-contract", colour="red"), ["colour"]),
    "a limit out of range": (loan_contract("bad-contract", gate={"accuracy": 1.5}), ["gate.accuracy", "1.5"]),
    "a target that is not a column": (loan_contract("bad-contract", target="Shoe size"), ["Shoe size"]),
    "another use case's name": (loan_contract("someone-else"), ["someone-else", "bad-contract"]),
    "empty": ("", ["empty"]),
}


@pytest.mark.parametrize("case", BAD_CONTRACTS)
def test_a_bad_contract_is_refused_with_its_place_and_leaves_the_last_good_one(
    laptop: Laptop, case: str
) -> None:
    text, parts = BAD_CONTRACTS[case]
    before = len(
        [m for m in laptop.inbox() if m["kind"] == "contract_refused" and m["usecase"] == "bad-contract"]
    )

    laptop.put("contracts/bad-contract/contract.yaml", text)

    message = laptop.notified("contract_refused", "bad-contract", before + 1)[-1]["message"]
    for part in parts:
        assert part in message
    assert laptop.keys("contracts/bad-contract/published.json") == []


def test_the_same_event_five_times_at_once_gives_one_run(laptop: Laptop, usecase: str) -> None:
    body = _rows(LINES[:70])
    version = laptop.put(f"drops/{usecase}/repeated.csv", body)
    event = {
        "version": "0", "id": "6f8c4e7a-0000-4000-8000-000000000000", "detail-type": "Object Created",
        "source": "aws.s3", "account": "000000000000", "time": "2026-11-21T10:00:00Z", "region": "us-east-1",
        "resources": [f"arn:aws:s3:::{laptop.bucket}"],
        "detail": {
            "version": "0", "bucket": {"name": laptop.bucket}, "reason": "PutObject",
            "requester": "000000000000",
            "request-id": "N4N7GDK58NMKJ12R", "source-ip-address": "127.0.0.1",
            "object": {
                "key": f"drops/{usecase}/repeated.csv", "size": len(body), "version-id": version,
                "etag": hashlib.md5(body).hexdigest(), "sequencer": "00617F08299329D189",
            },
        },
    }  # fmt: skip

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: _invoke(laptop, "start-training", event), range(5)))
    _end_of(laptop, usecase, version)

    runs = [e for e in _runs_of(laptop, usecase) if e["input"]["version_id"] == version]
    assert len(runs) == 1
    faults = {answer["errorType"] for answer in answers if "errorType" in answer}
    assert faults <= {"IdempotencyAlreadyInProgressError"}
    assert {answer["status"] for answer in answers if "status" in answer} <= {"started"}
    assert {answer["run"] for answer in answers if "run" in answer} <= {runs[0]["name"]}


def _invoke(laptop: Laptop, function: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = laptop.client("lambda").invoke(
        FunctionName=f"{laptop.stack}-{function}", Payload=json.dumps(event).encode()
    )
    return dict(json.loads(answer["Payload"].read()))


def _runs_of(laptop: Laptop, usecase: str | None) -> list[dict[str, Any]]:
    return [e for e in laptop.executions("Training") if usecase is None or e["input"]["usecase"] == usecase]


def _end_of(laptop: Laptop, usecase: str | None, version: str) -> dict[str, Any]:
    def ended() -> dict[str, Any]:
        ours = [e for e in _runs_of(laptop, usecase) if e["input"]["version_id"] == version]
        return ours[0] if ours and ours[0]["status"] != "RUNNING" else {}

    return eventually(ended, "the run's end")
