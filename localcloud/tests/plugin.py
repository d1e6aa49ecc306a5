"""What every test stands on, here and in the project around: no account, marks by folder, shared clouds."""

import os
from collections import Counter
from collections.abc import Mapping
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


def pytest_configure(config: pytest.Config) -> None:
    """Take the caller's own AWS settings away before anything reads them."""
    for name in UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(DUMMY)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Seen(config), "seen")


# What a folder's tests are, so that none has to say it of itself.
KINDS = {"integration": ("slow",), "conformance": ("slow",), "e2e": ("slow", "e2e")}
# Seconds: the first test of a clean checkout also builds the image and the layers.
LIMITS = {"integration": 600, "e2e": 900}


# Tests of these share what a whole folder or file of them starts, so they go to one worker.
TOGETHER = ("integration", "conformance", "e2e")
# Seconds that a test takes about, as long as it was never seen.
EXPECTED = {"e2e": 15.0, "integration": 2.0, "conformance": 0.5}
SEEN = "localcloud/seconds"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their folder, and begin with what takes longest when there are several workers."""
    for item in items:
        folder = below_tests(item.path)[0]
        for mark in KINDS.get(folder, ()):
            item.add_marker(mark)
        if folder in LIMITS and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LIMITS[folder]))
    if hasattr(config, "workerinput"):
        longest_first(items, _cached(config))


def longest_first(items: list[pytest.Item], seen: Mapping[str, float]) -> None:
    """Sort by how long all that goes to one worker together takes."""
    seconds: Counter[str] = Counter()
    for item in items:
        kind = below_tests(item.path)[0]
        seconds[together(item.nodeid)] += seen.get(item.nodeid, EXPECTED.get(kind, 0.0))
    items.sort(key=lambda item: -seconds[together(item.nodeid)])


def below_tests(path: Path) -> tuple[str, ...]:
    """The parts of a path below the folder `tests` that it lies in."""
    parts = path.parts
    return parts[len(parts) - parts[::-1].index("tests") :]


def together(nodeid: str) -> str:
    """What goes to one worker: a file or a folder of a kind's, where they share what they start."""
    file = nodeid.partition("::")[0]
    kind, *rest = below_tests(Path(file))
    return f"{file.partition('tests/')[0]}{kind}/{rest[0]}" if kind in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Which tests go to one worker together. (pytest-xdist's own groups are lost under pytest 9.2.)"""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return together(nodeid)

    return Together(config, log)


class Seen:
    """How long tests take, remembered for the next time."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        rounded = {test: round(seconds, 2) for test, seconds in self._seconds.items()}
        _cache(self._config, {**_cached(self._config), **rounded})


def _cached(config: pytest.Config) -> dict[str, float]:
    cache = getattr(config, "cache", None)
    return cache.get(SEEN, {}) if cache else {}


def _cache(config: pytest.Config, seconds: dict[str, float]) -> None:
    cache = getattr(config, "cache", None)
    if cache:
        cache.set(SEEN, seconds)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes make poor names, and those of an archive hold the time, on which parallel workers differ."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
