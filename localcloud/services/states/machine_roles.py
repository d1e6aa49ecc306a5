"""What a state machine's role must be allowed when the machine is made: to be taken on by Step Functions, to
hear of the jobs that it waits for, and to deliver logs. AWS refuses to make the machine otherwise.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

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


class RoleRefused(Exception):
    """AWS's code and words."""

    def __init__(self, message: str, code: str = "AccessDeniedException") -> None:
        super().__init__(message)
        self.code = code


class MachineRoles:
    """The checks of one cloud."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def install(self, sfn: Any, handlers: dict[str, Any]) -> None:
        """Check machines that the API makes or changes, and those that CloudFormation does."""
        sfn._create_state_machine = self._created(sfn, sfn._create_state_machine)
        sfn._update_state_machine = self._updated(sfn, sfn._update_state_machine)
        own = handlers["AWS::StepFunctions::StateMachine"]
        handlers["AWS::StepFunctions::StateMachine"] = {**own, "create": self._made(sfn, own["create"])}

    def _created(self, sfn: Any, create: Any) -> Any:
        """Faults of the definition are told first."""

        def created(data: dict[str, Any]) -> Any:
            before = set(sfn._state_machines)
            answer = create(data)
            new = set(sfn._state_machines) - before
            refusal = self._refused(sfn, data) if new else None
            if refusal is not None:
                for arn in new:
                    sfn._state_machines.pop(arn, None)
            return refusal or answer

        return created

    def _updated(self, sfn: Any, update: Any) -> Any:
        return lambda data: self._refused(sfn, data) or update(data)

    def _refused(self, sfn: Any, data: dict[str, Any]) -> Any:
        try:
            self.check(
                str(data.get("roleArn") or ""),
                str(data.get("definition") or ""),
                data.get("loggingConfiguration"),
            )
        except RoleRefused as error:
            return sfn.error_response_json(error.code, str(error), 400)
        return None

    def _made(self, sfn: Any, create: Any) -> Any:
        def made(*arguments: Any, **keywords: Any) -> Any:
            answer = create(*arguments, **keywords)
            arn = answer[0] if isinstance(answer, tuple) else answer
            machine = sfn._state_machines.get(arn)
            try:
                if machine is not None:
                    logging = machine.get("loggingConfiguration")
                    self.check(machine["roleArn"], machine["definition"], logging)
            except RoleRefused:
                sfn._state_machines.pop(arn, None)
                raise
            return answer

        return made

    def check(self, role: str, definition: str, logging: Any) -> None:
        """Raise RoleRefused where the role lacks what making the machine needs."""
        if not role:
            return
        if not _ROLE.match(role):
            raise RoleRefused(f"Invalid Role Arn: '{role}'", "InvalidArn")
        if not self._authority.may_assume(role, self._trusted(role)).allowed:
            raise RoleRefused(
                f"Neither the global service principal {_SERVICE}, nor the regional one is authorized to "
                f"assume the provided role. ({role})"
            )
        who = session(role, "StepFunctions")
        for questions, refusal in (
            (self._rules(definition), f"'{role}' is not authorized to create managed-rule."),
            (_logs(logging), "The state machine IAM Role is not authorized to access the Log Destination"),
        ):
            denial = self._authority.refusal(who, list(questions))
            if denial is not None:
                raise RoleRefused(f"{refusal} ({denial.message})")

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
