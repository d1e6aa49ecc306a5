"""Where a command works."""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from cli import local
from cli.commands.env import export_lines
from cli.target import Target, target_for

CLOUD = local.LocalCloud("http://127.0.0.1:4999", os.getpid(), "dropforge", "us-east-1", "/some where/state")


@pytest.fixture
def pretender(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that looks like a local cloud from outside."""
    script = tmp_path / "localcloud"
    script.write_text("import time; print(flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is itself now, and no longer the copy of this process that it began as
        yield process
        process.kill()


def test_a_record_counts_while_its_process_is_a_local_cloud(
    tmp_path: Path, pretender: subprocess.Popen[bytes]
) -> None:
    record = tmp_path / "current.json"
    record.write_text(json.dumps({**asdict(CLOUD), "pid": pretender.pid, "version": "newer"}))

    found = local.running(record)
    assert found is not None
    local.stop(found, record)

    assert not record.exists()
    assert local.running(record) is None


def test_a_number_that_another_program_got_does_not_count(tmp_path: Path) -> None:
    record = tmp_path / "current.json"
    with subprocess.Popen(["sleep", "60"]) as other:
        record.write_text(json.dumps({**asdict(CLOUD), "pid": other.pid}))
        assert local.running(record) is None
        other.kill()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_record_that_was_cut_short_is_not_a_cloud(tmp_path: Path, text: str) -> None:
    record = tmp_path / "current.json"
    record.write_text(text)
    assert local.running(record) is None


def test_forgetting_one_cloud_keeps_the_record_of_another(tmp_path: Path) -> None:
    record = tmp_path / "current.json"
    local.remember(CLOUD, record)
    local.forget(CLOUD.pid + 1, record)
    assert record.exists()
    local.forget(CLOUD.pid, record)
    assert not record.exists()


@pytest.mark.parametrize("given", [{"profile": "work"}, {"region": "eu-central-1"}, {"stack": "mine"}])
def test_naming_a_profile_a_region_or_a_stack_means_aws(given: dict[str, str]) -> None:
    target = target_for(Namespace(**given))
    assert target.cloud is None
    assert target.stack.name == given.get("stack", "dropforge")


def test_a_laptop_is_looked_at_more_often_than_aws() -> None:
    assert Target("dropforge", cloud=CLOUD).stack.poll_seconds < Target("dropforge").stack.poll_seconds


def test_what_env_prints_survives_a_shell() -> None:
    lines = "\n".join(export_lines({"A": "it's $HOME", "B": "two words"}))
    done = subprocess.run(
        ["sh", "-c", 'eval "$LINES"; echo "$A|$B"'],
        env={"LINES": lines},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "it's $HOME|two words\n"


def test_the_exports_point_at_the_cloud_with_credentials_of_no_account() -> None:
    environment = CLOUD.environment
    assert environment["AWS_ENDPOINT_URL"] == CLOUD.endpoint_url
    assert environment["AWS_ACCESS_KEY_ID"] == "000000000000"
    assert "AWS_SESSION_TOKEN" not in environment
