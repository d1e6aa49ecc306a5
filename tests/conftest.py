"""What every test stands on."""

import os

import pytest

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
UNWANTED = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "DROPFORGE_STACK")


def pytest_configure() -> None:
    """Take the caller's own AWS settings away before anything reads them."""
    for name in UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(DUMMY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole loop go to one worker, one after the other: two clouds at once share two cores
    badly."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group("e2e"))
