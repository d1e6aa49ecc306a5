"""What the tests of whole parts stand on."""

from localcloud.tests.unit.sagemaker.conftest import base_cloud  # noqa: F401 - a fixture
