"""Whether AWS would accept a definition: what CreateStateMachine, UpdateStateMachine and the validator
ask.
"""

from __future__ import annotations

from localcloud.services.states import validate


def refusal(text: str) -> str | None:
    """Why the definition is refused, or None. First the readable checks, then whether the interpreter can
    read it.
    """
    from localcloud.services.states.interpreter import program

    problems = validate.problems_of_text(text)
    if problems:
        return f"SCHEMA_VALIDATION_FAILED: {'; '.join(problems)}"
    try:
        program.parse(text)
    except program.Refused as error:
        return str(error)
    return None
