"""Runs the checks: the static ones beside the tests, which come first on the cores, and quiet unless they
fail."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cli.checks.steps import COVERAGE, Step, environment, static_steps, test_command, tool
from cli.paths import ROOT
from cli.show import note, table

CORES = 2
# The tests wait for each other and for their clouds; what that leaves of the cores is enough for the checks.
WITH_WHAT_IS_LEFT = ("nice", "-n", "5")
SUMMARY = re.compile(r"=* ?\d+ (passed|failed|error|skipped|deselected).* in [\d.]+s.*")


@dataclass(frozen=True)
class Outcome:
    """How a check ended."""

    name: str
    seconds: float
    passed: bool
    output: str = ""


def run_all(extra: list[str], extent: str) -> bool:
    """Run everything and print the table; the last line is pytest's own."""
    with ThreadPoolExecutor(CORES) as pool:
        static = pool.map(run_step, static_steps())
        tests, summary = run_tests(extra, extent)
        report_coverage()
        outcomes = [*static, tests]
    print()
    table(
        ("check", "seconds", "result"),
        [(o.name, f"{o.seconds:.1f}", "passed" if o.passed else "FAILED") for o in outcomes],
    )
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(summary)
    return not failed


def run_step(step: Step) -> Outcome:
    """Run one static check; a failure shows what it said."""
    began = time.monotonic()
    command = [*WITH_WHAT_IS_LEFT, *step.command]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    outcome = Outcome(step.name, time.monotonic() - began, done.returncode == 0, done.stdout + done.stderr)
    note(f"{step.name}: {'passed' if outcome.passed else 'FAILED'} ({outcome.seconds:.1f} s)")
    if not outcome.passed:
        note(outcome.output.rstrip())
    return outcome


def run_tests(extra: Sequence[str], extent: str) -> tuple[Outcome, str]:
    """Run the tests and keep pytest's last line."""
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir(parents=True)
    began = time.monotonic()
    summary = "no tests ran"
    command = test_command(list(extra), extent)
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            summary = line.rstrip() if SUMMARY.fullmatch(line.rstrip()) else summary
    return Outcome("tests", time.monotonic() - began, process.returncode == 0), summary


def report_coverage() -> None:
    """Print what the tests reached."""
    for arguments in (("combine", "--quiet"), ("report",)):
        sys.stdout.flush()
        subprocess.run([tool("coverage"), *arguments], cwd=ROOT, env=environment(), check=False)
