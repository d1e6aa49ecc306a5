"""Dropforge: drop a file in S3; get a model that is trained, gated, approved, guarded and watched."""
