"""The package index that pip is set up with: uv does not read pip's settings, and a firewall may leave no
other."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path


def pip_index(environment: Mapping[str, str]) -> str | None:
    """The index-url of pip's environment, else of its files, the user's before the machine's."""
    if environment.get("PIP_INDEX_URL"):
        return environment["PIP_INDEX_URL"]
    for file in _files(environment):
        settings = configparser.RawConfigParser()
        try:
            settings.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("install", "global"):
            if settings.has_option(section, "index-url"):
                return settings.get(section, "index-url").strip()
    return None


def with_index(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv, with pip's index where uv was not told one of its own."""
    index = pip_index(environment)
    chosen = "UV_DEFAULT_INDEX" in environment or "UV_INDEX_URL" in environment
    return {**environment, **({"UV_DEFAULT_INDEX": index} if index and not chosen else {})}


def _files(environment: Mapping[str, str]) -> list[Path]:
    home = Path(environment.get("HOME") or Path.home())
    configured = environment.get("PIP_CONFIG_FILE")
    if configured == os.devnull:  # pip's own way to say: no files at all
        return []
    return [
        *([Path(configured)] if configured else []),
        Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf",
        home / ".pip" / "pip.conf",
        Path("/etc/pip.conf"),
    ]
