"""Endpoints: HTTP servers behind a router that shares out traffic, measures it and records it."""
