"""What becomes of an endpoint after a request was answered: fleets are started, switched to, ended.

An update is blue/green, all at once: the new fleet is started beside the old one; once every server of it
is healthy the traffic goes over in one step and the old fleet is ended after its last request. Where the
new fleet does not come up, the endpoint is InService again on the old configuration, with the reason. At
any moment the record tells which fleet serves, so a cloud that was killed in between starts that one again.
"""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING, Any

from localcloud.services.sagemaker.context import Context, log, now
from localcloud.services.sagemaker.endpoints.events import EVENT, endpoint_detail
from localcloud.services.sagemaker.endpoints.fleet import Fleet, FleetFailed, fleet_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from localcloud.services.sagemaker.endpoints.invoke import Invoker
    from localcloud.services.sagemaker.store import Record

KIND = "endpoint"
CUT_OFF = "The local cloud was stopped during the update; the endpoint serves its earlier configuration."
_PENDING = ("PendingFleet", "PendingDeploymentSummary")


class Deployments:
    """Each of these returns at once; the work is done in a thread of its own."""

    def __init__(self, context: Context, invoker: Invoker) -> None:
        self._context = context
        self._invoker = invoker
        self._store = context.stores.of(KIND)
        # Fleets that are being started: the cloud must find them when it goes down.
        self._starting: set[Fleet] = set()
        self._threads: list[threading.Thread] = []

    def create(self, name: str) -> None:
        self._emit(self._store.get(name))
        self._run(self._create, name)

    def update(self, name: str) -> None:
        self._emit(self._store.get(name))
        self._run(self._update, name)

    def delete(self, name: str) -> None:
        self._emit(self._store.get(name))
        self._run(self._delete, name)

    def recover(self) -> None:
        """After a restart: what served serves again, what was half done is settled."""
        self._remove_stray_fleets()
        for record in self._store.all():
            name, status = record["EndpointName"], record["EndpointStatus"]
            if status == "Deleting":
                self._store.delete(name)
            elif status == "Creating":
                self._run(self._create, name)
            elif status != "Failed":
                reason = CUT_OFF if status == "Updating" else None
                self._change(name, _settle("SystemUpdating", reason))
                self._run(self._create, name)

    def shut_down(self) -> None:
        """The cloud goes down. The context's `stopping` is set by now, so nothing of this is recorded."""
        for fleet in [*self._invoker.fleets.values(), *self._starting]:
            fleet.kill()
        for thread in self._threads:
            thread.join(timeout=5)

    def _remove_stray_fleets(self) -> None:
        """Folders of fleets that no endpoint serves any more; those that it does hold their models."""
        records = self._store.all()
        wanted = {fleet_folder(self._context, item["EndpointName"], item["Fleet"]) for item in records}
        for folder in (self._context.state_dir / "endpoints").glob("*/*"):
            if folder not in wanted:
                shutil.rmtree(folder, ignore_errors=True)

    def _run(self, work: Callable[[str], None], name: str) -> None:
        def guarded() -> None:
            try:
                work(name)
            except Exception as error:  # noqa: BLE001 - whatever it was, the endpoint must settle
                log.exception("endpoint %s", name)
                self._fail(name, f"InternalServerError: {error}")

        thread = threading.Thread(target=guarded, name=f"sagemaker-endpoint-{name}", daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def _create(self, name: str) -> None:
        record = self._record(name)
        fleet = Fleet(self._context, name, record["Fleet"])
        try:
            self._start(fleet)
        except FleetFailed as error:
            self._fail(name, str(error))
            return
        self._invoker.fleets[name] = fleet
        self._change(
            name, lambda endpoint: _serve(endpoint, record["Fleet"], fleet, endpoint.get("FailureReason"))
        )

    def _update(self, name: str) -> None:
        record = self._record(name)
        plan, old = record["PendingFleet"], self._invoker.fleets.get(name)
        fleet = Fleet(self._context, name, plan)
        try:
            self._start(fleet)
        except FleetFailed as error:
            reason = str(error)
            if not self._context.stopping.is_set():
                self._change(name, _settle("InService", reason))
            return
        self._invoker.fleets[name] = fleet
        self._change(name, lambda endpoint: _serve(endpoint, plan, fleet, None))
        if old is not None:
            old.end()

    def _delete(self, name: str) -> None:
        fleet = self._invoker.fleets.pop(name, None)
        if fleet is not None:
            fleet.end()
        self._store.delete(name)

    def _start(self, fleet: Fleet) -> None:
        self._starting.add(fleet)
        try:
            fleet.start()
        finally:
            self._starting.discard(fleet)

    def _fail(self, name: str, reason: str) -> None:
        if not self._context.stopping.is_set():
            self._change(name, _settle("Failed", reason))

    def _record(self, name: str) -> Record:
        record = self._store.get(name)
        if record is None:
            raise LookupError(f"the endpoint {name} is gone")
        return record

    def _change(self, name: str, change: Callable[[Record], Any]) -> None:
        self._emit(self._store.change(name, change))

    def _emit(self, record: Record | None) -> None:
        if record is not None:
            self._context.emit(EVENT, record["EndpointArn"], endpoint_detail(record))


def _serve(endpoint: Record, plan: Record, fleet: Fleet, reason: str | None) -> None:
    """The endpoint is InService on this fleet."""
    _settle("InService", reason)(endpoint)
    counts = fleet.counts()
    endpoint |= {"Fleet": plan, "EndpointConfigName": plan["EndpointConfigName"]}
    endpoint["ProductionVariants"] = [
        _variant(item, counts[item["VariantName"]]) for item in plan["Variants"]
    ]
    if capture := plan.get("DataCaptureConfig"):
        endpoint["DataCaptureConfig"] = {
            "EnableCapture": capture.get("EnableCapture", False),
            "CaptureStatus": "Started" if capture.get("EnableCapture", False) else "Stopped",
            "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
            "DestinationS3Uri": capture["DestinationS3Uri"],
            "KmsKeyId": capture.get("KmsKeyId", ""),
        }
    else:
        endpoint.pop("DataCaptureConfig", None)


def _variant(item: Record, count: int) -> Record:
    return {
        "VariantName": item["VariantName"],
        "DeployedImages": [{"SpecifiedImage": item["Image"], "ResolvedImage": item["Image"]}],
        "CurrentWeight": item["Weight"],
        "DesiredWeight": item["Weight"],
        "CurrentInstanceCount": count,
        "DesiredInstanceCount": item["InstanceCount"],
    }


def _settle(status: str, reason: str | None) -> Callable[[Record], None]:
    """Into a status, nothing pending any more, with a reason or without."""

    def change(endpoint: Record) -> None:
        for name in (*_PENDING, "FailureReason"):
            endpoint.pop(name, None)
        endpoint |= {"EndpointStatus": status, "LastModifiedTime": now()}
        if reason:
            endpoint["FailureReason"] = reason[:1024]

    return change
