"""What MiniStack's CloudFormation leaves out of the types that it has, put into its table."""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

from typing import Any

from localcloud.ministack.cloudformation import expiry, function_properties, refused_templates


def install() -> None:
    from ministack.services.cloudformation import provisioners

    handlers = provisioners._RESOURCE_HANDLERS
    _end_workers(handlers)
    expiry.install(handlers)
    function_properties.install(handlers)
    refused_templates.install(handlers)


def _end_workers(handlers: dict[str, Any]) -> None:
    """A function that goes with its stack takes its processes with it."""
    from ministack.core import lambda_runtime

    handler = handlers["AWS::Lambda::Function"]
    delete = handler["delete"]

    def delete_and_end(physical_id: str, *others: Any) -> None:
        delete(physical_id, *others)
        lambda_runtime.invalidate_worker(physical_id.rsplit(":", maxsplit=1)[-1])

    handler["delete"] = delete_and_end
