"""What every test stands on, here and in the project around: no account, marks by folder, shared clouds."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
# No test may reach an account by accident: the adapters get fakes or the local cloud, both with these.
DUMMY = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
# Threads that spin while they wait take the cores away from the tests beside them.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
UNWANTED = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "DROPFORGE_STACK")


def pytest_configure() -> None:
    """Take the caller's own AWS settings away before anything reads them."""
    for name in UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(DUMMY)


# What a folder's tests are, so that none has to say it of itself.
KINDS = {"integration": ("slow",), "conformance": ("slow",), "e2e": ("slow", "e2e")}
# Seconds: the first test of a clean checkout also builds the image and the layers.
LIMITS = {"integration": 600, "e2e": 900}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder."""
    for item in items:
        folder = below_tests(item.path)[0]
        for mark in KINDS.get(folder, ()):
            item.add_marker(mark)
        if folder in LIMITS and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LIMITS[folder]))


def below_tests(path: Path) -> tuple[str, ...]:
    """The parts of a path below the folder `tests` that it lies in."""
    parts = path.parts
    return parts[len(parts) - parts[::-1].index("tests") :]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Which tests go to one worker together. (pytest-xdist's own groups are lost under pytest 9.2.)"""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            kind, *rest = below_tests(Path(file))
            # A folder of integration tests shares its clouds.
            part = "/".join(("integration", *rest[:1]))
            return {"e2e": "e2e", "integration": part, "conformance": file}.get(kind, nodeid)

    return Together(config, log)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes make poor names, and those of an archive hold the time, on which parallel workers differ."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
