"""Errors a command may end with.

    CommandError
    ├── Refused     exit 1: the thing asked for was refused or failed
    └── UserError   exit 2: the caller can fix this; one line says what, where and how

Anything else that escapes is our fault: exit 3, with a trace and where to report it.
"""


class CommandError(Exception):
    """A sentence for the caller, and the exit status that goes with it."""

    status = 3


class Refused(CommandError):
    """What was asked for was understood and done, and the answer is no."""

    status = 1


class UserError(CommandError):
    """Something to fix on the caller's side: a name, a file, a cloud that is not running."""

    status = 2
