"""docs/local-cloud.md says what is so: it is generated from the code and from facts whose tests exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.api.models import service_model
from localcloud.services.sagemaker import SageMaker
from localcloud.support.__main__ import main
from localcloud.support.facts import services
from localcloud.support.null_ports import Nowhere
from localcloud.support.page import Unknown, generated, operations
from localcloud.support.services_used import services_of

# MiniStack is asked for every operation that AWS has.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE, PAGE = ROOT / "template.yaml", ROOT / "docs" / "local-cloud.md"


def test_the_page_is_what_the_code_and_the_facts_make() -> None:
    made = ["--template", str(TEMPLATE), "--page", str(PAGE)]
    assert main([*made, "--check"]) == 0, f"run `python -m localcloud.support {' '.join(made)}`"


def test_every_service_of_the_template_is_told_of() -> None:
    used = services_of(TEMPLATE)
    assert {"sagemaker", "stepfunctions", "lambda", "s3", "events", "sns", "sqs", "cloudwatch"} <= set(used)
    page = PAGE.read_text("utf-8")
    for name in used:
        assert f"\n## {services()[name].title}\n" in page


def test_every_test_that_a_fact_names_exists() -> None:
    for service in services().values():
        for fact in service.facts():
            file, _, name = fact.test.partition("::")
            if file:
                assert f"def {name}" in (ROOT / file).read_text("utf-8"), fact


def test_every_operation_of_sagemaker_is_on_the_page(tmp_path: Path) -> None:
    here = SageMaker(tmp_path, Nowhere()).operations
    assert set(operations("sagemaker")) == set(here) <= set(service_model("sagemaker").operation_names)
    page = PAGE.read_text("utf-8")
    assert [name for name in here if name not in page] == []


def test_operations_are_counted_for_the_services_that_ministack_serves() -> None:
    """A few that the application lives on: were the way of reading the source wrong, they would be missed."""
    assert {"CreateQueue", "SendMessage", "ReceiveMessage"} <= set(operations("sqs"))
    assert {"PutRule", "PutTargets", "PutEvents"} <= set(operations("events"))
    assert {"PutObject", "GetObject", "ListObjectsV2"} <= set(operations("s3"))
    assert "CreateStackSet" not in operations("cloudformation")


def test_a_service_of_which_nothing_is_written_is_named(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {Bucket: {Type: AWS::Timestream::Database}}\n")
    with pytest.raises(Unknown, match="timestream"):
        generated(template)
