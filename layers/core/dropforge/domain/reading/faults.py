"""What can be wrong with what is read.

ReadingFault
    BadRow          one row: the rows around it may be sound
        BadValue    one of its values, by its column
        NotJson     a text that is not JSON at all, as one that was cut off
    BadFile         all of a file or a request, by the rule that it breaks
"""

from __future__ import annotations


class ReadingFault(Exception):
    """The root, so that a reader can tell what it was given from faults of its own."""


class BadRow(ReadingFault):
    """The message completes "line 3 …"; in the quarantine it stands alone."""


class BadValue(BadRow):
    def __init__(self, column: str, fault: str) -> None:
        super().__init__(f"{column}: {fault}")
        self.column = column
        self.fault = fault


class NotJson(BadRow):
    """`character`: where it ceases to be, from 1."""

    def __init__(self, why: str, character: int) -> None:
        super().__init__(f"is not JSON: {why}")
        self.character = character


class BadFile(ReadingFault):
    """`rule`: the contract's key that it breaks, or the check's name."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule
        self.reason = reason
