"""What the tests of the local cloud stand on."""

pytest_plugins = ["localcloud.tests.plugin"]
