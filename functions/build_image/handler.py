"""CloudFormation deploys the stack and asks for its container image."""

from __future__ import annotations

from typing import Any

from dropforge import bootstrap
from dropforge.edge.custom_resource import answer_cloudformation
from dropforge.edge.entry import encode, entry
from dropforge.edge.image_source import image_files


@entry
def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    return answer_cloudformation(event, lambda: encode(bootstrap.build_image()(image_files())))
