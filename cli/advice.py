"""What to do about an operation's error, in this command line's words, and the exit status that goes with it.

Advice may use the error's fields. An error that says all that there is to say has none.
"""

from cli.errors import CommandError, Refused, UserError
from dropforge.operations import errors
from dropforge.operations.errors import OperationError

THE_RUNS = "`./dropforge runs {usecase}` lists them"
ITS_LOG = "`./dropforge logs --function {function}` says why"
TO_SERVE = (
    "approve a version with `./dropforge approve {usecase} latest --wait`, or see `./dropforge endpoints`"
)

ADVICE: dict[type[OperationError], tuple[type[CommandError], str]] = {
    errors.NoStack: (UserError, "deploy it or name another with --stack"),
    errors.NoOutput: (UserError, "deploy this version's template.yaml to it"),
    errors.NoFunction: (UserError, ""),
    errors.NoUsecase: (UserError, "publish its contract with `./dropforge publish`"),
    errors.NoContract: (UserError, "publish one with `./dropforge publish CONTRACT`"),
    errors.NotInForce: (Refused, "`./dropforge logs --function PublishContract` says why"),
    errors.NoModel: (UserError, "drop a file with `./dropforge drop {usecase} FILE`"),
    errors.NoVersion: (UserError, ""),
    errors.NotARunOf: (UserError, THE_RUNS),
    errors.NoRun: (UserError, THE_RUNS),
    errors.UnknownRun: (UserError, ""),
    errors.NoPage: (UserError, "`./dropforge runs` says where each run stands"),
    errors.NotStarted: (Refused, ITS_LOG),
    errors.StillRunning: (Refused, "it goes on without this command"),
    errors.NotDeployed: (Refused, ""),
    errors.AnotherServed: (Refused, ""),
    errors.NothingToPredict: (UserError, ""),
    errors.TooLarge: (UserError, "put the file under inference/USECASE/ in the data bucket instead"),
    errors.NotJson: (UserError, ""),
    errors.ModelRefused: (Refused, ""),
    errors.NotServed: (UserError, TO_SERVE),
}


def explain(fault: Exception) -> CommandError | None:
    """An operation's error with what to do about it; nothing for another fault."""
    if not isinstance(fault, OperationError):
        return None
    kind, advice = ADVICE[type(fault)]
    return kind(f"{fault}; {advice.format(**vars(fault))}" if advice else str(fault))
