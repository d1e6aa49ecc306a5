"""botocore's models of the services, read without the user's own AWS configuration: neither files nor
AWS_PROFILE.

A profile that the user's shell names and no file has would otherwise break a cloud that needs no profile at
all.
"""

from __future__ import annotations

import os
from functools import cache

from botocore.model import ServiceModel
from botocore.session import Session


@cache
def service_model(service: str) -> ServiceModel:
    """A large service's takes a tenth of a second to read."""
    return clean_session().get_service_model(service)


def clean_session() -> Session:
    # Config name, environment variable, default, conversion: no environment variable is looked at.
    apart: dict[str, tuple[None, None, str | None, None]] = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    return Session(session_vars=apart)
