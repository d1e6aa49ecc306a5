"""A draft as YAML. Written line by line, because a YAML library would lose the comments that make it a
draft."""

import json
import re

from cli.draft.propose import Draft, Proposal

PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./-]| (?=[A-Za-z0-9_]))*")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
# Words that YAML reads as something else than text.
WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
DEFAULT_ROWS, DEFAULT_CLASS = 200, 20


def write(draft: Draft) -> str:
    """The contract's text."""
    return (
        "\n".join([*_head(draft), *_columns(draft), *_drop(draft), *_reader(draft), *_limits(draft)]) + "\n"
    )


def quoted(text: str) -> str:
    """A text as YAML reads it back: bare where that is safe."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def value(text: str) -> str:
    """A category's value: a number stays one."""
    return text if NUMBER.fullmatch(text) and len(text) < 16 else quoted(text)


def _head(draft: Draft) -> list[str]:
    shares = ", ".join(f"{name}: {count}" for name, count in sorted(draft.classes.items()))
    return [
        f"# Drafted from {draft.survey.rows} rows. Read it: no file says which columns give the answer away.",
        f"usecase: {draft.usecase}",
        "problem: binary",
        f"target: {quoted(draft.target)}",
        f"positive: {value(draft.positive)}  # {shares}",
    ]


def _columns(draft: Draft) -> list[str]:
    return ["columns:", *(f"  {_column(column)}" for column in draft.columns)]


def _column(column: Proposal) -> str:
    remark = f"  # {column.remark}" if column.remark else ""
    if column.values:
        values = ", ".join(value(each) for each in column.values)
        return f"{quoted(column.name)}: {{type: {column.type}, values: [{values}]}}{remark}"
    return f"{quoted(column.name)}: {column.type}{remark}"


def _drop(draft: Draft) -> list[str]:
    if not draft.drop:
        return []
    return ["drop:", *(f"  {quoted(name)}: {reason}" for name, reason in draft.drop.items())]


def _reader(draft: Draft) -> list[str]:
    found = draft.survey
    parts = []
    if found.delimiter != ",":
        parts.append(f"delimiter: {json.dumps(found.delimiter)}")
    if found.encoding != "utf-8":
        parts.append(f"encoding: {found.encoding}")
    if found.nulls:
        parts.append(f"nulls: {json.dumps(['', *found.nulls])}")
    return [f"reader: {{{', '.join(parts)}}}"] if parts else []


def _limits(draft: Draft) -> list[str]:
    rows, rarest = draft.survey.rows, min(draft.classes.values())
    lines = []
    if rows < DEFAULT_ROWS or rarest < DEFAULT_CLASS:
        minimum = f"minimum_rows: {min(rows, DEFAULT_ROWS)}, minimum_class: {min(rarest, DEFAULT_CLASS)}"
        lines.append(f"quality: {{{minimum}}}  # this file is smaller than the defaults ask for")
    most = max(draft.classes.values()) / rows
    lines.append(f"gate: {{auc: 0.7}}  # answering always the same would be right in {most:.1%} of the rows")
    lines.append("confidence: 0.8")
    return lines
