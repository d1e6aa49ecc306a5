"""SageMaker for a laptop: jobs as real processes, endpoints as real HTTP servers, every request checked.

`SageMaker` is the service, `Wire` puts it on HTTP, `CloudPorts` is what it needs from the cloud around it.
"""

from localcloud.sagemaker.context import Limits
from localcloud.sagemaker.ports import ApiError, CloudPorts, Image, ImageUnavailable
from localcloud.sagemaker.service import SageMaker
from localcloud.sagemaker.wire import Response, Wire

__all__ = ["ApiError", "CloudPorts", "Image", "ImageUnavailable", "Limits", "Response", "SageMaker", "Wire"]
