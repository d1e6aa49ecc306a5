"""A model version was made, approved, rejected or changed."""

from __future__ import annotations

from dropforge import bootstrap
from dropforge.edge.entry import handler
from dropforge.edge.events import package_changed

handle = handler(package_changed, bootstrap.start_deployment)
