from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from localcloud.tests.conformance import requests
from localcloud.tests.conformance.wire import Wire
from localcloud.tests.integration.localcloud_process import ROOT, TinyCloud

if TYPE_CHECKING:
    from collections.abc import Iterator


APP = ROOT / "localcloud/tests/integration/sagemaker_app"


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A cloud with next to nothing in its stack, and in it what the generated requests refer to."""
    cloud = TinyCloud(tmp_path_factory.mktemp("conformance") / "state")
    try:
        cloud.start("--template", str(APP / "template.yaml"), "--stack", "conformance")
        made = Wire(cloud.port)
        for action, payload in requests.SET_UP:
            made.ask("set-up", action, payload)
        yield made
        made.client.close()
    finally:
        cloud.stop()
