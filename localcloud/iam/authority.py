"""Decides, by what the directory knows, and records.

A decision takes a few dozen microseconds: documents are parsed once, patterns are compiled once, and what
conditions may ask for is worked out only when one does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localcloud.iam import keys
from localcloud.iam.dependents import of_call
from localcloud.iam.directory import Directory, Guarded
from localcloud.iam.evaluate import Request, evaluate
from localcloud.iam.policies import Grants, Policy, policy
from localcloud.iam.principals import Principal, service
from localcloud.iam.questions import Question
from localcloud.iam.records import Decision, Records

# AWS denies these to nobody.
_EVERYBODY = ("sts:GetCallerIdentity",)


class Authority:
    """One cloud's."""

    def __init__(self, directory: Directory, records: Records) -> None:
        self.directory, self.records = directory, records

    def decide(self, who: Principal, question: Question, grants: Grants | None = None) -> Decision:
        """Answer one question, and keep the answer."""
        directory = self.directory
        guard = self._guard(question)
        verdict = evaluate(
            Request(who, question.action, question.resource, self._context(who, question), keys.known),
            directory.grants(who) if grants is None else grants,
            policy(question.resource, guard.document) if guard and guard.document else None,
            must_agree=bool(guard and guard.must_agree),
        )
        decision = Decision(
            who.arn, who.identity, question.action, question.resource, verdict.allowed, verdict.kind,
            verdict.statement, verdict.reason, question.context, verdict.problems,
        )  # fmt: skip
        self.records.add(decision)
        return decision

    def _guard(self, question: Question) -> Guarded | None:
        if question.action.startswith("sts:AssumeRole"):
            return Guarded(self.directory.trust(question.resource), must_agree=True)
        return self.directory.guard(question.resource)

    def refusal(self, who: Principal, questions: list[Question]) -> Decision | None:
        """Ask every question of a call, and what follows from each; the first denial, if there is one."""
        if who.kind == "service":
            self._note(who, questions)
            return None
        for question in questions:
            if question.action in _EVERYBODY:
                continue
            for asked in (question, *of_call(question, self.directory)):
                decision = self.decide(who, asked)
                if not decision.allowed:
                    return decision
        return None

    def of_service(self, name: str, question: Question) -> Decision:
        """Whether an AWS service may do this by itself: by the resource's policy, and its key's."""
        who = service(name, self.directory.account)
        decision = self.decide(who, question)
        for asked in of_call(question, self.directory):
            if not decision.allowed:
                break
            decision = self.decide(who, asked)
        return decision

    def _note(self, who: Principal, questions: list[Question]) -> None:
        """A service of this cloud at its own work, which no policy is about."""
        for asked in questions:
            self.records.add(
                Decision(
                    who.arn,
                    who.identity,
                    asked.action,
                    asked.resource,
                    True,
                    "the service's own work",
                    "",
                    "",
                )
            )

    def may_assume(self, role_arn: str, by: str, source: Mapping[str, str] | None = None) -> Decision:
        """Whether a service may take a role on, by the role's trust policy."""
        who = service(by, self.directory.account)
        given = {"aws:sourceaccount": self.directory.account, **(source or {})}
        question = Question("sts:AssumeRole", role_arn, given)
        trust = self.directory.trust(role_arn)
        verdict = evaluate(
            Request(who, question.action, role_arn, self._context(who, question), keys.known),
            Grants(),
            policy("trust policy", trust) if trust else Policy("trust policy", ()),
        )
        decision = Decision(
            who.arn, who.identity, question.action, role_arn, verdict.allowed, verdict.kind,
            verdict.statement, verdict.reason, given, verdict.problems,
        )  # fmt: skip
        self.records.add(decision)
        return decision

    def _context(self, who: Principal, question: Question) -> keys.Context:
        directory = self.directory
        given: dict[str, Any] = {
            "aws:requestedregion": directory.region,
            "aws:resourceaccount": directory.account,
            "aws:viaawsservice": "false",
            # Loopback is this cloud's TLS: nothing leaves the machine.
            "aws:securetransport": "true",
            **keys.of_principal(who),
            **question.context,
        }
        later = {
            "aws:resourcetag/": lambda tag: _tag(directory.tags(question.resource), tag),
            "sagemaker:resourcetag/": lambda tag: _tag(directory.tags(question.resource), tag),
            "aws:principaltag/": lambda tag: directory.grants(who).context.get(f"aws:principaltag/{tag}"),
            "aws:userid": lambda: directory.grants(who).context.get("aws:userid"),
            **keys.of_moment(),
        }
        return keys.Context(given, later)


def _tag(tags: Mapping[str, str], name: str) -> str | None:
    """Names of tags in condition keys are compared without regard to case."""
    return next((value for key, value in tags.items() if key.lower() == name), None)


def again(decision: Decision, grants: Grants, guard: str | None = None) -> bool:
    """Decide a recorded call once more, against other policies of its identity."""
    kind: Any = "role" if ":role/" in decision.identity else "service"
    who = Principal(kind, decision.principal, decision.principal.split(":")[4], decision.identity)
    context = {**keys.of_principal(who), "aws:securetransport": "true", **decision.context}
    own = policy(decision.resource, guard) if guard else None
    must_agree = decision.resource.startswith("arn:aws:kms:") and own is not None
    request = Request(who, decision.action, decision.resource, json.loads(json.dumps(context)), keys.known)
    return evaluate(request, grants, own, must_agree=must_agree).allowed
