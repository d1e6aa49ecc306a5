"""The tests of the application stand on what those of the local cloud stand on."""

pytest_plugins = ["localcloud.tests.plugin"]
