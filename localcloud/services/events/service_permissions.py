"""What AWS's services do to each other inside the cloud, where no request passes the door.

A rule's target, a topic's subscription and an alarm's action are allowed by the policy of the queue, the
topic, the function or the key that they go to; a function's destinations by the function's role.
"""

# ruff: noqa: SLF001 - private names of MiniStack are what this package is about

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from localcloud.iam.authority import Authority
from localcloud.iam.principals import session
from localcloud.iam.questions import Question
from localcloud.iam.records import Decision

_log = logging.getLogger("localcloud.iam")


def install(authority: Authority) -> None:
    from ministack.services import cloudwatch, eventbridge, sns, sqs

    inside = Inside(authority)
    inside.events(eventbridge)
    inside.policies(sqs, sns)
    inside.functions_of_topics(sns)
    inside.alarms(cloudwatch)
    inside.destinations()


class Inside:
    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._account = authority.directory.account

    def _may(self, service: str, action: str, resource: str, source: str) -> Decision:
        context = {"aws:sourcearn": source, "aws:sourceaccount": self._account}
        decision = self._authority.of_service(service, Question(action, resource, context))
        if not decision.allowed:
            _log.warning("%s (from %s)", decision.message, source)
        return decision

    # ---- EventBridge

    def events(self, eventbridge: Any) -> None:
        from localcloud.services.events import delivery

        for name, action in (
            ("_dispatch_to_lambda", "lambda:InvokeFunction"),
            ("_dispatch_to_sqs", "sqs:SendMessage"),
            ("_dispatch_to_sns", "sns:Publish"),
        ):
            setattr(eventbridge, name, self._target(getattr(eventbridge, name), action))
        eventbridge._dispatch_to_stepfunctions = self._machine(eventbridge._dispatch_to_stepfunctions)
        put = delivery._to_dead_letters

        def to_dead_letters(arn: str, body: str, attributes: dict[str, Any]) -> None:
            rule = attributes.get("RULE_ARN", {}).get("StringValue", "")
            decision = self._may("events.amazonaws.com", "sqs:SendMessage", arn, rule)
            if not decision.allowed:
                raise delivery.Undelivered("NO_PERMISSIONS", decision.message)
            put(arn, body, attributes)

        delivery._to_dead_letters = to_dead_letters

    def _target(self, send: Callable[..., None], action: str) -> Callable[..., None]:
        def dispatch(place: Any, *arguments: Any) -> None:
            rule = _rule()
            decision = self._may("events.amazonaws.com", action, str(place), rule)
            if decision.allowed:
                send(place, *arguments)
            else:
                _undelivered(decision)

        return dispatch

    def _machine(self, send: Callable[..., None]) -> Callable[..., None]:
        """A state machine is started as the role of the target."""

        def dispatch(arn: str, payload: str) -> None:
            role = _target_role()
            if not role:
                send(arn, payload)
                return
            decision = self._authority.may_assume(role, "events.amazonaws.com", {"aws:sourcearn": _rule()})
            if decision.allowed:
                question = Question("states:StartExecution", arn)
                decision = self._authority.decide(session(role, "events"), question)
            if decision.allowed:
                send(arn, payload)
            else:
                _undelivered(decision)

        return dispatch

    # ---- SNS and SQS

    def policies(self, sqs: Any, sns: Any) -> None:
        """MiniStack asks these two of deliveries by topics and by buckets."""

        def queue(queue_arn: str, service: str, source_arn: str, source_account: str) -> bool:  # noqa: ARG001
            return self._may(service, "sqs:SendMessage", queue_arn, source_arn).allowed

        def topic(topic_arn: str, service: str, source_arn: str, source_account: str) -> bool:  # noqa: ARG001
            return self._may(service, "sns:Publish", topic_arn, source_arn).allowed

        sqs.queue_policy_allows, sns.topic_policy_allows = queue, topic

    def functions_of_topics(self, sns: Any) -> None:
        deliver = sns._deliver_to_lambda

        def to_lambda(endpoint: str, envelope: str, topic_arn: str, *rest: Any) -> None:
            if self._may("sns.amazonaws.com", "lambda:InvokeFunction", endpoint, topic_arn).allowed:
                deliver(endpoint, envelope, topic_arn, *rest)

        sns._deliver_to_lambda = to_lambda

    # ---- CloudWatch

    def alarms(self, cloudwatch: Any) -> None:
        act = cloudwatch._dispatch_alarm_actions

        def dispatch(alarm: dict[str, Any], old: str, new: str, reason: str) -> None:
            field = {"ALARM": "AlarmActions", "OK": "OKActions"}.get(new, "InsufficientDataActions")
            source = alarm.get("AlarmArn", "")
            allowed = [
                arn
                for arn in alarm.get(field) or []
                if ":sns:" not in arn
                or self._may("cloudwatch.amazonaws.com", "sns:Publish", arn, source).allowed
            ]
            act({**alarm, field: allowed}, old, new, reason)

        cloudwatch._dispatch_alarm_actions = dispatch

    # ---- Lambda

    def destinations(self) -> None:
        """A function's role sends what came of its asynchronous invocations."""
        from localcloud.services.events import asynchronous

        send = asynchronous.send
        actions = {
            "sqs": "sqs:SendMessage",
            "sns": "sns:Publish",
            "lambda": "lambda:InvokeFunction",
            "events": "events:PutEvents",
        }

        def send_as_role(target: str, config: dict[str, Any], text: str, attributes: dict[str, Any]) -> None:
            action = actions.get(target.split(":")[2])
            if config.get("Role") and action:
                who = session(config["Role"], config["FunctionName"])
                denial = self._authority.refusal(who, [Question(action, target)])
                if denial is not None:
                    _log.warning("%s", denial.message)
                    return
            send(target, config, text, attributes)

        asynchronous.send = send_as_role


def _rule() -> str:
    from localcloud.services.events import delivery

    current = delivery._current.get()
    return current.rule_arn if current else ""


def _target_role() -> str:
    from localcloud.services.events import delivery

    current = delivery._current.get()
    return str(current.target.get("RoleArn") or "") if current else ""


def _undelivered(decision: Decision) -> None:
    """EventBridge does not try again where it has no permission."""
    from localcloud.services.events import delivery

    current = delivery._current.get()
    if current is not None:
        current._give_up(delivery.Undelivered("NO_PERMISSIONS", decision.message), 0, None)
