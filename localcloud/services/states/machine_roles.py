"""What a state machine's role must be allowed when the machine is made: to be taken on by Step Functions, to
hear of the jobs that it waits for, and to deliver logs. AWS refuses to make the machine otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from localcloud.api.errors import ApiError
from localcloud.iam.authority import Authority
from localcloud.iam.principals import session
from localcloud.iam.questions import Question

_SERVICE = "states.amazonaws.com"
_SYNC = re.compile(
    r"arn:aws[\w-]*:states:::sagemaker:create(Training|Processing|Transform|HyperParameterTuning)Job\.sync"
)
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")
_RULES = {"HyperParameterTuning": "Tuning"}
_RULE_ACTIONS = ("events:PutTargets", "events:PutRule", "events:DescribeRule")
_LOG_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)


class MachineRoles:
    """The checks of one cloud."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def check(self, role: str, definition: str, logging: Any) -> None:
        """Raise ApiError where the role lacks what making the machine needs."""
        if not role:
            return
        if not _ROLE.match(role):
            raise ApiError("InvalidArn", f"Invalid Role Arn: '{role}'")
        if not self._authority.may_assume(role, self._trusted(role)).allowed:
            raise ApiError(
                "AccessDeniedException",
                f"Neither the global service principal {_SERVICE}, nor the regional one is authorized to "
                f"assume the provided role. ({role})",
            )
        who = session(role, "StepFunctions")
        for questions, refusal in (
            (self._rules(definition), f"'{role}' is not authorized to create managed-rule."),
            (_logs(logging), "The state machine IAM Role is not authorized to access the Log Destination"),
        ):
            denial = self._authority.refusal(who, list(questions))
            if denial is not None:
                raise ApiError("AccessDeniedException", f"{refusal} ({denial.message})")

    def _trusted(self, role: str) -> str:
        """Step Functions' name in the role's trust policy: the region's own, or the one of everywhere."""
        regional = f"states.{self._authority.directory.region}.amazonaws.com"
        return regional if regional in json.dumps(self._authority.directory.trust(role)) else _SERVICE

    def _rules(self, definition: str) -> Iterator[Question]:
        directory = self._authority.directory
        for job in sorted(set(_SYNC.findall(json.dumps(_read(definition))))):
            name = f"rule/StepFunctionsGetEventsForSageMaker{_RULES.get(job, job)}JobsRule"
            for action in _RULE_ACTIONS:
                yield Question(action, f"arn:aws:events:{directory.region}:{directory.account}:{name}")


def _logs(logging: Any) -> Iterator[Question]:
    given = {str(key).lower(): value for key, value in logging.items()} if isinstance(logging, dict) else {}
    if given.get("level", "OFF") != "OFF" and given.get("destinations"):
        yield from (Question(action, "*") for action in _LOG_ACTIONS)


def _read(definition: str) -> Any:
    try:
        return json.loads(definition)
    except ValueError:
        return {}
