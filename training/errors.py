"""What can go wrong in a container.

JobError        a fault of the job or its inputs: the job fails with this sentence
Refused         the drop breaks a rule of its contract: the job succeeds, and its report says which rule
BadRequest      a request that no prediction can be made for, with the HTTP status that says so
    BadRecord   one record of it, by where it stands and its column
"""

from __future__ import annotations


class JobError(Exception):
    """A fault that a person can act on; the message is a whole sentence."""


class Refused(Exception):
    """A drop that must not become a model. `rule` is the contract's key or the check's name."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason


class BadRequest(Exception):
    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class BadRecord(BadRequest):
    def __init__(self, origin: str, column: str, message: str) -> None:
        super().__init__(f"{origin}, {column}: {message}")
