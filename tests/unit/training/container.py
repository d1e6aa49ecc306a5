"""A container's /opt/ml tree in a folder of the test's own, and jobs run in it as SageMaker runs them."""

import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dropforge.domain.contract import Contract, contract_to_json
from training.__main__ import main
from usecases.loan.generate import TABLE

REPOSITORY = Path(__file__).parents[3]
LOAN = REPOSITORY / "usecases" / "loan" / "contract.yaml"


def loan_csv(rows: int = 1000, seed: int = 1, bad: int = 0) -> bytes:
    out = io.StringIO(newline="")
    TABLE.write(out, rows, seed, bad)
    return out.getvalue().encode()


class Container:
    """`process`, `train` and `evaluate` fill SageMaker's folders, then run the image's entry point."""

    def __init__(self, base: Path, contract: Contract) -> None:
        self.base = base
        self.contract = contract

    def process(self, drop: bytes, name: str = "drop.csv") -> dict[str, Any]:
        """The report."""
        self._put("processing/input/contract/contract.json", contract_to_json(self.contract).encode())
        self._put(f"processing/input/drop/{name}", drop)
        assert self.run("process") == 0, self.said("message")
        report: dict[str, Any] = self.output("report/report.json")
        return report

    def train(self, **hyperparameters: Any) -> int:
        for channel in ("train", "validation", "transform", "baseline"):
            source = self.base / "processing" / "output" / channel
            shutil.copytree(source, self.base / "input" / "data" / channel, dirs_exist_ok=True)
        self._put("input/data/contract/contract.json", contract_to_json(self.contract).encode())
        self._put("input/config/hyperparameters.json", json.dumps(hyperparameters).encode())
        return self.run("train")

    def evaluate(self, contract: Contract | None = None) -> int:
        pinned = contract_to_json(contract or self.contract)
        self._put("processing/input/contract/contract.json", pinned.encode())
        test = self.base / "processing" / "output" / "test"
        shutil.copytree(test, self.base / "processing" / "input" / "test", dirs_exist_ok=True)
        archive = self._put("processing/input/model/model.tar.gz", b"")
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(self.base / "model", arcname=".")
        return self.run("evaluate")

    def run(self, verb: str) -> int:
        with environment(SAGEMAKER_BASE_DIR=str(self.base), RUN="loan-0123456789abcdef", DROP_URI="s3://b/k"):
            return main([verb])

    def said(self, target: str) -> str:
        file = self.base / "output" / target
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def content(self, path: str) -> bytes:
        return (self.base / path).read_bytes()

    def output(self, path: str) -> Any:
        return json.loads(self.content(f"processing/output/{path}"))

    def files(self, under: str) -> dict[str, bytes]:
        folder = self.base / under
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def _put(self, path: str, body: bytes) -> Path:
        target = self.base / path
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir(parents=True)
        target.write_bytes(body)
        return target


Another = Callable[[Contract], Container]
"""Makes a container for another contract."""


@contextmanager
def environment(**changes: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
