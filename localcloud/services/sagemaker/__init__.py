"""SageMaker for a laptop: jobs as real processes, endpoints as real HTTP servers, every request checked.

`SageMaker` is the service, `CloudPorts` is what it needs from the cloud around it. It speaks in requests
and answers; whoever owns the endpoint's socket puts them on the wire.
"""

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.context import Limits
from localcloud.services.sagemaker.ports import CloudPorts, Image, ImageUnavailable
from localcloud.services.sagemaker.service import SageMaker

__all__ = ["ApiError", "CloudPorts", "Image", "ImageUnavailable", "Limits", "SageMaker"]
