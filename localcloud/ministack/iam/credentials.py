"""What functions, executions, jobs and the services of this cloud sign with: derived, so that they outlive a
restart.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.iam.principals import Principal, service, session

_SERVICE_KEY = "ASIASERVICE"
_SAGEMAKER = "sagemaker.amazonaws.com"


class Credentials:
    """The credentials that one cloud gives out, as environment variables."""

    def __init__(self, state_dir: Path, account: str) -> None:
        self._account = account
        self._secret = _secret(state_dir / "credentials.key")

    def of_function(self, config: Mapping[str, Any]) -> dict[str, str]:
        role = config.get("Role") or f"arn:aws:iam::{self._account}:role/none"
        return self.of_role(str(role), str(config.get("FunctionName", "function"))[:64])

    def of_execution(self, role_arn: str) -> tuple[str, str, str | None]:
        """What the tasks of a state machine sign with."""
        found = self.of_role(role_arn, "StepFunctions")
        return found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], found["AWS_SESSION_TOKEN"]

    def of_job(self, role_arn: str | None) -> dict[str, str]:
        """A SageMaker job's or endpoint's; without a role, SageMaker's own."""
        return self._of_service(_SAGEMAKER) if role_arn is None else self.of_role(role_arn, "SageMaker")

    def of_role(self, role_arn: str, session_name: str) -> dict[str, str]:
        """Those of a session of the role; the same each time, so clients can be kept."""
        from ministack.services import sts

        digest = self._digest(f"{role_arn}/{session_name}")
        key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:56], digest
        if key not in sts._sessions:
            who = session(role_arn, session_name)
            record = {"Arn": who.arn, "UserId": f"{who.name}:{session_name}", "RoleArn": role_arn}
            sts.register_session(key, {**record, "SecretAccessKey": secret, "SessionToken": token})
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}

    def service_of(self, access_key: str, session_token: str | None) -> Principal | None:
        """The service of this cloud that these are the credentials of."""
        name = access_key.removeprefix(f"{_SERVICE_KEY}-")
        if name == access_key or not hmac.compare_digest(session_token or "", self._digest(name)):
            return None
        return service(name, self._account)

    def _of_service(self, name: str) -> dict[str, str]:
        """What an AWS service of this cloud signs its own calls with."""
        digest = self._digest(name)
        key = f"{_SERVICE_KEY}-{name}"
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": digest[:40], "AWS_SESSION_TOKEN": digest}

    def _digest(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()


def _secret(path: Path) -> bytes:
    """What session credentials are derived from; kept with the state."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(0o600)
        path.write_text(secrets.token_hex(32), "ascii")
    return path.read_text("ascii").encode()
