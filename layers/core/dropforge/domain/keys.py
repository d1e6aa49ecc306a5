"""Where things lie in the data bucket. Keys that come from outside are read here and nowhere else."""

from __future__ import annotations

import re

from dropforge.domain.names import is_usecase

DROPS, INFERENCE = "drops/", "inference/"
EXTENSION = re.compile(r"(\.[A-Za-z0-9]{1,10}){1,2}$")
LONGEST_SLUG = 64


def usecase_in(key: str) -> str | None:
    """The use case of a key under contracts/, drops/ or inference/; None where it names none."""
    parts = key.split("/")
    return parts[1] if len(parts) > 2 and is_usecase(parts[1]) else None


def is_folder_marker(key: str, size: int) -> bool:
    """What consoles and sync tools leave to show a folder: nothing anyone dropped."""
    return key.endswith("/") and size == 0


def contract_source(usecase: str) -> str:
    return f"contracts/{usecase}/contract.yaml"


def published_contract(usecase: str) -> str:
    return f"contracts/{usecase}/published.json"


def run_folder(usecase: str, run: str) -> str:
    return f"runs/{usecase}/{run}"


def drop(usecase: str, name: str) -> str:
    return f"{DROPS}{usecase}/{name}"


def inference(usecase: str, name: str) -> str:
    return f"{INFERENCE}{usecase}/{name}"


def verdict(usecase: str, run: str) -> str:
    """What the gate says of a run, for programs."""
    return f"{run_folder(usecase, run)}/evaluation/verdict.json"


def evaluation_page(usecase: str, run: str) -> str:
    """The page that an approver reads."""
    return f"{run_folder(usecase, run)}/evaluation/evaluation.html"


def quality_report(usecase: str, run: str) -> str:
    """What the data-quality checks found in a run's data, for programs."""
    return f"{run_folder(usecase, run)}/process/report/quality.json"


def quality_page(usecase: str, run: str) -> str:
    return f"{run_folder(usecase, run)}/process/report/quality.html"


def pinned_drop(usecase: str, run: str, key: str) -> str:
    """The run's own copy: of one version, alone in its folder, under a name that every tool can handle.

    SageMaker reads by prefix: from drops/loan/a it would also fetch drops/loan/a.old.
    """
    return f"{run_folder(usecase, run)}/drop/drop{extension(key)}"


def evaluation(prefix: str) -> str:
    """The folder of a run's evaluation; `prefix` is the run's own."""
    return f"{prefix}/evaluation"


def script(usecase: str, entry: str) -> str:
    """Where a contract's own training script is put: beside the contract."""
    return f"contracts/{usecase}/{entry}"


def pinned_contract(usecase: str, run: str) -> str:
    return f"{run_folder(usecase, run)}/contract.json"


def pinned_script(prefix: str, entry: str) -> str:
    """The run's own copy, alone in its folder."""
    return f"{prefix}/script/{entry}"


def extension(key: str) -> str:
    found = EXTENSION.search(key.rsplit("/", 1)[-1])
    return found.group(0).lower() if found else ""


def slug(key: str) -> str:
    """A file's name without extension, kept to what is legible in a key and an URL."""
    name = key.rsplit("/", 1)[-1].removesuffix(extension(key))
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:LONGEST_SLUG] or "file"


def predictions_folder(usecase: str, name: str) -> str:
    return f"predictions/{usecase}/{name}"


def part(prefix: str, batch: int) -> str:
    return f"{prefix}/parts/{batch:05}.jsonl"


def answers(prefix: str, batch: int) -> str:
    return f"{prefix}/answers/{batch:05}.jsonl"


def quarantined(usecase: str, run: str) -> str:
    return f"quarantine/{usecase}/{run}/rows.csv"


def unanswered(usecase: str, run: str) -> str:
    """The records of a file that only the endpoint could find to be bad."""
    return f"quarantine/{usecase}/{run}/unanswered.csv"


def doubtful(usecase: str, name: str) -> str:
    return f"review/{usecase}/{name}/doubtful.json"


def label(uri: str, otherwise: str) -> str:
    """The URI where it may stand in a job's environment and the registry's properties, else a shorter one.

    Both take 256 characters, the registry only these; a key may have 1,024 of any kind.
    """
    return uri if re.fullmatch(r"[A-Za-z0-9 _.:/=+@-]{1,256}", uri) else otherwise
