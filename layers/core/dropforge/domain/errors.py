"""What can go wrong, in the words of the domain.

Messages are whole sentences; code asks for the class, never the text.

DropforgeError
    Refused                what was asked for breaks a rule; the sentence names the rule and the figure
    Absent                 an object or an endpoint that should be there is not
    BadEvent               an event that has not the shape its source documents
    BadSettings            the function was deployed with settings it cannot work with
    EndpointUnavailable    the endpoint may answer in a moment; state machines retry by this name
"""

from __future__ import annotations


class DropforgeError(Exception):
    """The root, so that an edge can tell our errors from bugs."""


class Refused(DropforgeError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Absent(DropforgeError):
    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not there")
        self.what = what


class BadEvent(DropforgeError):
    """`is_missing` tells a field that is not there from one that is wrong."""

    def __init__(self, source: str, path: str, problem: str, *, is_missing: bool = False) -> None:
        super().__init__(f"{source} event: {path} {problem}")
        self.path = path
        self.problem = problem
        self.is_missing = is_missing


class BadSettings(DropforgeError):
    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class EndpointUnavailable(DropforgeError):
    def __init__(self, endpoint: str, why: str) -> None:
        super().__init__(f"endpoint {endpoint} did not answer: {why}")
        self.endpoint = endpoint
