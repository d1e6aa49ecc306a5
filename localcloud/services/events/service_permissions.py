"""What AWS's services may do to each other inside the cloud, where no request passes the door.

A rule's target, a topic's subscription and an alarm's action are allowed by the policy of the queue, the
topic, the function or the key that they go to; a function's destinations by the function's role. Each answer
is why something is refused, or None where it is allowed. In a cloud without IAM everything is.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from localcloud.iam.principals import session
from localcloud.iam.questions import Question
from localcloud.ministack.rebinding import replace

if TYPE_CHECKING:
    from localcloud.iam.authority import Authority

_log = logging.getLogger("localcloud.iam")
_DESTINATIONS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
}


class ServicePermissions:
    """The decisions of one cloud."""

    def __init__(self, authority: Authority | None) -> None:
        self._authority = authority

    def install(self) -> None:
        """MiniStack asks these two of what topics and buckets deliver."""
        from ministack.services import sns, sqs

        def queue_allows(queue_arn: str, service: str, source_arn: str, _source_account: str) -> bool:
            return self.refused(service, "sqs:SendMessage", queue_arn, source_arn) is None

        def topic_allows(topic_arn: str, service: str, source_arn: str, _source_account: str) -> bool:
            return self.refused(service, "sns:Publish", topic_arn, source_arn) is None

        replace(sqs, "queue_policy_allows", queue_allows)
        replace(sns, "topic_policy_allows", topic_allows)

    def refused(self, service: str, action: str, resource: str, source: str) -> str | None:
        """What a service does for one of its resources, such as EventBridge for a rule."""
        if self._authority is None:
            return None
        context = {"aws:sourcearn": source, "aws:sourceaccount": self._authority.directory.account}
        decision = self._authority.of_service(service, Question(action, resource, context))
        if decision.allowed:
            return None
        _log.warning("%s (from %s)", decision.message, source)
        return decision.message

    def start_refused(self, role: str, machine: str, rule: str) -> str | None:
        """A rule starts a state machine as the role of its target."""
        if self._authority is None or not role:
            return None
        decision = self._authority.may_assume(role, "events.amazonaws.com", {"aws:sourcearn": rule})
        if decision.allowed:
            question = Question("states:StartExecution", machine)
            decision = self._authority.decide(session(role, "events"), question)
        return None if decision.allowed else decision.message

    def destination_refused(self, config: dict[str, Any], destination: str) -> str | None:
        """A function's role sends what came of its asynchronous invocations."""
        action = _DESTINATIONS.get(destination.split(":")[2])
        if self._authority is None or not config.get("Role") or action is None:
            return None
        who = session(config["Role"], config["FunctionName"])
        denial = self._authority.refusal(who, [Question(action, destination)])
        return denial.message if denial is not None else None
