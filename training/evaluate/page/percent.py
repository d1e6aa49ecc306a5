"""Shares as people say them."""

from __future__ import annotations


def of_hundred(share: float) -> str:
    """`about 91`, and never all or none where it is not."""
    whole = round(100 * share)
    if share in (0.0, 1.0):
        return "all" if share else "none"
    if whole in (0, 100):
        return "more than 99" if whole else "fewer than 1"
    return f"about {whole}"


def quoted(name: str) -> str:
    return f"“{name}”"
