"""The operation Search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud.api.errors import ApiError
from localcloud.api.models import service_model
from localcloud.services.sagemaker.listing import page_of
from localcloud.services.sagemaker.search.expression import check, meets, number_of, values_at
from localcloud.services.sagemaker.shapes import CONTROL, known_members
from localcloud.services.sagemaker.unsupported import refuse_other_values, unsupported

if TYPE_CHECKING:
    from localcloud.services.sagemaker.context import Call, Context, Operation
    from localcloud.services.sagemaker.store import Record

# The kinds that can be searched, and the store of each. (AWS knows more; this service has no such resources.)
KINDS = {
    "TrainingJob": "training-job",
    "Endpoint": "endpoint",
    "Model": "model",
    "ModelPackage": "model-package",
    "ModelPackageGroup": "model-package-group",
    "HyperParameterTuningJob": "hyper-parameter-tuning-job",
}
# Where AWS's model of what is found has another name than the kind.
_SHAPES = {"HyperParameterTuningJob": "HyperParameterTuningJobSearchEntity"}
# Properties that a search knows beside the members of the resource.
_BY_KEY = ("Metrics", "Tags", "HyperParameters")
# So many characters of a text decide where it comes.
_RANKED_BY = 256


class Search:
    def __init__(self, context: Context) -> None:
        self._context = context
        self.operations: dict[str, Operation] = {"Search": self.search}

    def search(self, call: Call) -> Record:
        query = call.payload
        kind = query["Resource"]
        if kind not in KINDS:
            raise unsupported(call.action, f"Resource={kind} (only {', '.join(KINDS)})")
        if "VisibilityConditions" in query:
            raise unsupported(call.action, "VisibilityConditions")
        across = query.get("CrossAccountFilterOption")
        refuse_other_values(call.action, "CrossAccountFilterOption", across, ("SameAccount",))
        expression = query.get("SearchExpression", {})
        by = query.get("SortBy", "LastModifiedTime")
        for name in (*check(expression), by):
            _check_property(kind, name)
        found = [record for record in self._records(kind) if meets(record, expression)]
        descending = query.get("SortOrder") != "Ascending"
        page = page_of(found, lambda one: _rank(kind, one, by), query, "Results", descending=descending)
        page["Results"] = [_search_record(kind, record) for record in page["Results"]]
        return page | {"TotalHits": {"Value": len(found), "Relation": "EqualTo"}}

    def _records(self, kind: str) -> list[Record]:
        """As the answer will have them: what is not told cannot be searched for."""
        shape = shape_of(kind)
        return [known_members(shape, record) for record in self._context.stores.of(KINDS[kind]).all()]


def shape_of(kind: str) -> Any:
    """AWS's model of what a search for that kind finds."""
    return service_model(CONTROL).shape_for(_SHAPES.get(kind, kind))


def _search_record(kind: str, record: Record) -> Record:
    """A model is described as the dashboard describes it, with the model inside."""
    return {kind: {kind: record} if kind == "Model" else record}


def _check_property(kind: str, name: str) -> None:
    first = name.partition(".")[0]
    if first not in (*shape_of(kind).members, *_BY_KEY, "LastModifiedTime"):
        raise ApiError("ValidationException", f"Unknown property name: {name}, for resource: {kind}.")


def _rank(kind: str, record: Record, by: str) -> list[Any]:
    """Records without the property come first, then numbers, then texts. The time of creation and the name
    break ties."""
    values = values_at(record, by) or ([record["CreationTime"]] if by == "LastModifiedTime" else [])
    value = values[0] if values else None
    number = number_of(value)
    group = 0 if value is None else 1 if number is not None else 2
    # A rank goes into a token, and tokens have a limit.
    return [group, number or 0.0, str(value)[:_RANKED_BY], record["CreationTime"], record[f"{kind}Arn"]]
