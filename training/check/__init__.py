"""Judging a drop as the processing job would, for `dropforge check`."""
