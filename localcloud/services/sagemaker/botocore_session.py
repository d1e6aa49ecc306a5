"""A botocore session that sees nothing of the user's own AWS configuration: neither files nor AWS_PROFILE.

A profile that the user's shell names and no file has would otherwise break a cloud that needs no profile at
all.
"""

from __future__ import annotations

import os

from botocore.session import Session


def clean_session() -> Session:
    # Config name, environment variable, default, conversion: no environment variable is looked at.
    apart: dict[str, tuple[None, None, str | None, None]] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return Session(session_vars=apart)
