"""What can go wrong in the local cloud, told to whoever started it.

CloudError
├── PortTaken         another process listens on the port
├── StateInUse        another local cloud uses the state directory
├── HookMissing       the installed MiniStack lacks a name that the adapter needs
├── ReplacedTwice     two modules of the local cloud would replace the same foreign function
├── TemplateError     the template cannot be read, or a path in it does not exist
├── DeployError       CloudFormation refused a resource
├── BuildError        a layer's or image's requirements could not be installed
└── ImageError        a Dockerfile uses what the builder does not know
"""

from __future__ import annotations


class CloudError(Exception):
    """Something that the user can mend; the text says what and how."""


class PortTaken(CloudError):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} on 127.0.0.1 is taken by another process: stop it, or choose another with --port"
        )
        self.port = port


class StateInUse(CloudError):
    def __init__(self, state_dir: str, pid: str) -> None:
        super().__init__(
            f"the state directory {state_dir} is in use by the local cloud with process id {pid}: "
            "stop that one first, or choose another directory with --state"
        )
        self.state_dir = state_dir
        self.pid = pid


class HookMissing(CloudError):
    def __init__(self, version: str, missing: list[str]) -> None:
        super().__init__(
            f"MiniStack {version} lacks what the local cloud plugs into: {', '.join(missing)}. "
            "Install the pinned version (see pyproject.toml), or mend localcloud/ministack."
        )
        self.missing = missing


class ReplacedTwice(CloudError):
    def __init__(self, name: str, first: str, second: str) -> None:
        super().__init__(
            f"{name} is replaced by {first} already, and {second} would replace it again: "
            "let one module own it and call what both want"
        )
        self.name = name


class TemplateError(CloudError):
    pass


class DeployError(CloudError):
    def __init__(self, stack: str, reasons: list[str]) -> None:
        super().__init__(f"the stack {stack} was not deployed:\n  " + "\n  ".join(reasons))
        self.stack = stack
        self.reasons = reasons


class BuildError(CloudError):
    pass


class ImageError(CloudError):
    pass
