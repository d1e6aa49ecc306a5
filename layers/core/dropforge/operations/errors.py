"""What an operation may end with. The sentences name facts; what to do about them depends on who asks.

OperationError
    NoStack, NoOutput                        the stack is not there, or is of another template
    NoFunction                               the stack has no such function
    NoUsecase, NoContract, NotInForce        no contract was published, or it did not come into force
    NoModel, NoVersion                       the registry has no such version
    NotARunOf, NoRun, NoPage, UnknownRun     what was asked about was never made, or cannot be found
    NotStarted, StillRunning                 waiting was in vain
    NotDeployed, AnotherServed               an approval did not bring the version up
    NothingToPredict, TooLarge, NotJson      a request that cannot be sent
    ModelRefused, NotServed                  the endpoint did not answer

An error's fields are what its sentence is made of, so that a skin can ask for them.
"""

from dataclasses import dataclass
from typing import ClassVar

from dropforge.domain.errors import DropforgeError


@dataclass(eq=False)
class OperationError(DropforgeError):
    """`says` is the sentence, with the fields in braces."""

    says: ClassVar[str]

    def __str__(self) -> str:
        return self.says.format(**vars(self))


@dataclass(eq=False)
class NoStack(OperationError):
    says = "there is no stack {stack} here"
    stack: str


@dataclass(eq=False)
class NoOutput(OperationError):
    says = "stack {stack} has no output {output}"
    stack: str
    output: str


@dataclass(eq=False)
class NoFunction(OperationError):
    says = "there is no function {function}; there are {known}"
    function: str
    known: str


@dataclass(eq=False)
class NoUsecase(OperationError):
    says = "there is no use case {usecase} in stack {stack}"
    usecase: str
    stack: str


@dataclass(eq=False)
class NoContract(OperationError):
    says = "{usecase} has no contract in force"
    usecase: str


@dataclass(eq=False)
class NotInForce(OperationError):
    says = "the contract of {usecase} did not come into force within {seconds:.0f} s"
    usecase: str
    seconds: float


@dataclass(eq=False)
class NoModel(OperationError):
    says = "{usecase} has no model yet"
    usecase: str


@dataclass(eq=False)
class NoVersion(OperationError):
    says = "{usecase} has no version {version}; there are {known}"
    usecase: str
    version: str
    known: str


@dataclass(eq=False)
class NotARunOf(OperationError):
    says = "{run} is not a run of {usecase}"
    usecase: str
    run: str


@dataclass(eq=False)
class NoRun(OperationError):
    says = "there is no run {run}"
    usecase: str
    run: str


@dataclass(eq=False)
class UnknownRun(OperationError):
    says = "version {version} of {usecase} does not say which run trained it"
    usecase: str
    version: int


@dataclass(eq=False)
class NoPage(OperationError):
    says = "there is no page {uri}: the run ended before it was written"
    uri: str


@dataclass(eq=False)
class NotStarted(OperationError):
    """`function` is the one that should have started it."""

    says = "nothing {started} within {seconds:.0f} s"
    started: str
    seconds: float
    function: str


@dataclass(eq=False)
class StillRunning(OperationError):
    """It was waited for long enough; it goes on by itself."""

    says = "{what} still runs after {seconds:.0f} s"
    what: str
    seconds: float


@dataclass(eq=False)
class NotDeployed(OperationError):
    says = "version {version} was not deployed: {reason}"
    version: int
    reason: str


@dataclass(eq=False)
class AnotherServed(OperationError):
    says = "the endpoint serves {served} after the deployment of {model_package}"
    served: str | None
    model_package: str


@dataclass(eq=False)
class NothingToPredict(OperationError):
    says = "there is nothing to predict: the file is empty"


@dataclass(eq=False)
class TooLarge(OperationError):
    says = "{megabytes:.1f} MB is more than one request holds ({limit:.1f} MB)"
    megabytes: float
    limit: float


@dataclass(eq=False)
class NotJson(OperationError):
    says = "the file is not JSON: {problem}"
    problem: str


@dataclass(eq=False)
class ModelRefused(OperationError):
    says = "the model refused the request ({status}): {words}"
    status: str
    words: str


@dataclass(eq=False)
class NotServed(OperationError):
    says = "{endpoint} does not answer: {words}"
    usecase: str
    endpoint: str
    words: str
