"""Tags of every resource: a list in the resource's own record, found by its ARN."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localcloud.api.errors import ApiError
from localcloud.services.sagemaker.listing import page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.services.sagemaker.context import Call, Context, Operation
    from localcloud.services.sagemaker.store import Record, Store

MOST_TAGS = 50
# Every kind keeps its records under the word that its ARN has.
_KINDS = (
    *("training-job", "processing-job", "model", "endpoint-config", "endpoint"),
    *("model-package-group", "model-package", "hyper-parameter-tuning-job"),
)


def check_tags(tags: list[dict[str, str]]) -> None:
    """What the model of a tag does not say. Raises ApiError."""
    keys = [tag["Key"] for tag in tags]
    for key in keys:
        if key.lower().startswith("aws:"):
            raise ApiError("ValidationException", f"The tag key {key} must not start with aws:.")
        if keys.count(key) > 1:
            raise ApiError("ValidationException", f"Duplicate tag key: {key}.")


class Tags:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.operations: dict[str, Operation] = {
            "AddTags": self.add,
            "ListTags": self.page,
            "DeleteTags": self.delete,
        }

    def add(self, call: Call) -> Record:
        given = {tag["Key"]: tag["Value"] for tag in call.payload["Tags"]}
        return {"Tags": self._change(call.payload["ResourceArn"], lambda tags: tags | given)}

    def page(self, call: Call) -> Record:
        store, key = self._found(call.payload["ResourceArn"])
        tags = _tags(store.get(key))
        return page_of(tags, lambda tag: [tag["Key"]], {"MaxResults": MOST_TAGS} | call.payload, "Tags")

    def delete(self, call: Call) -> Record:
        gone = set(call.payload["TagKeys"])
        self._change(
            call.payload["ResourceArn"],
            lambda tags: {key: value for key, value in tags.items() if key not in gone},
        )
        return {}

    def _change(self, arn: str, change: Callable[[dict[str, str]], dict[str, str]]) -> list[dict[str, str]]:
        store, key = self._found(arn)

        def apply(record: Record) -> None:
            tags = change({tag["Key"]: tag["Value"] for tag in _tags(record)})
            if len(tags) > MOST_TAGS:
                raise ApiError("ResourceLimitExceeded", f"{arn} cannot have more than {MOST_TAGS} tags.")
            record["Tags"] = [{"Key": name, "Value": value} for name, value in tags.items()]

        tags: list[dict[str, str]] = store.change(key, apply)["Tags"]
        return tags

    def of(self, arn: str) -> dict[str, str]:
        """The tags of a resource; none where it does not exist."""
        kind, _, key = arn.split(":", 5)[-1].partition("/")
        record = self._context.stores.of(kind).get(key) if kind in _KINDS else None
        return {tag["Key"]: tag["Value"] for tag in _tags(record)}

    def _found(self, arn: str) -> tuple[Store, str]:
        kind, _, key = arn.split(":", 5)[-1].partition("/")
        if kind in _KINDS and arn == self._context.arn(kind, key):
            store = self._context.stores.of(kind)
            if store.get(key) is not None:
                return store, key
        raise ApiError("ValidationException", f"Could not find the resource {arn}.")


def _tags(record: Record | None) -> list[dict[str, str]]:
    return (record or {}).get("Tags") or []
