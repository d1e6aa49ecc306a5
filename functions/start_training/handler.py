"""A file was dropped in S3."""

from __future__ import annotations

from dropforge import bootstrap
from dropforge.edge.entry import handler
from dropforge.edge.events import object_created

handle = handler(object_created, bootstrap.start_training)
