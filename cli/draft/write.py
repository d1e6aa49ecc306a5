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
LONGEST_LIST, WIDEST = 84, 118


def write(draft: Draft) -> str:
    """The contract's text."""
    parts = (_head(draft), _columns(draft), _drop(draft), _reader(draft), _limits(draft))
    return "\n".join(line for part in parts for line in part) + "\n"


def quoted(text: str) -> str:
    """A text as YAML reads it back: bare where that is safe."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def value(text: str) -> str:
    """A category's value: a number stays one."""
    return text if NUMBER.fullmatch(text) and len(text) < 16 else quoted(text)


def remark(text: str) -> str:
    """What stands in a comment stays in it, whatever a name or a value holds."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def _head(draft: Draft) -> list[str]:
    found = draft.survey
    rows = f"{found.rows} rows" if found.whole else f"the first {found.rows} rows"
    lines = [
        f"# Drafted from {rows}. Read it: no file says which columns are known before the answer is.",
        f"usecase: {draft.usecase}",
        f"problem: {draft.problem}{_doubt(draft)}",
        f"target: {quoted(draft.target)}",
    ]
    if draft.positive is not None:
        shares = ", ".join(f"{name}: {count}" for name, count in sorted(draft.classes.items()))
        lines.append(f"positive: {value(draft.positive)}  # {remark(shares)}")
    return lines


def _doubt(draft: Draft) -> str:
    """Whole numbers may be the names of classes or amounts."""
    answer = next(column for column in draft.survey.columns if column.name == draft.target)
    return (
        "  # regression, if these numbers are amounts"
        if draft.problem == "multiclass" and answer.numeric
        else ""
    )


def _columns(draft: Draft) -> list[str]:
    return ["columns:", *(f"  {_column(column)}" for column in draft.columns)]


def _column(column: Proposal) -> str:
    spec = [f"type: {column.type}"] + ([column.more] if column.more else [])
    remarks = list(column.remarks)
    listed = ", ".join(value(each) for each in column.values)
    if listed and len(listed) <= LONGEST_LIST:
        spec.append(f"values: [{listed}]")
    elif listed:
        remarks.insert(0, f"{len(column.values)} values")
    comment = f"  # {remark('; '.join(remarks))}" if remarks else ""
    described = f"{{{', '.join(spec)}}}" if len(spec) > 1 else column.type
    return f"{quoted(column.name)}: {described}{comment}"


def _drop(draft: Draft) -> list[str]:
    """One a line, or, where they are many, as many on a line as fit."""
    each = [f"{quoted(name)}: {quoted(reason)}" for name, reason in draft.drop.items()]
    if len(draft.columns) + len(each) < 30:
        return ["drop:", *(f"  {line}" for line in each)] if each else []
    lines = ["drop: {"]
    for item in each:
        joined = f"{lines[-1]}{item}, "
        if len(joined) > WIDEST:
            lines.append(f"  {item}, ")
        else:
            lines[-1] = joined
    return [line.rstrip() for line in (*lines[:-1], f"{lines[-1].rstrip(', ')}}}")] if each else []


def _reader(draft: Draft) -> list[str]:
    found = draft.survey
    parts, comment = [], ""
    if found.delimiter != ",":
        parts.append(f"delimiter: {json.dumps(found.delimiter)}")
    if found.commas:
        parts.append('decimal: ","')
        comment = f"  # {remark(_comma(found.commas))}"
    if found.encoding != "utf-8":
        parts.append(f"encoding: {found.encoding}")
    if found.nulls:
        parts.append(f"nulls: {json.dumps(['', *found.nulls])}")
    return [f"reader: {{{', '.join(parts)}}}{comment}"] if parts else []


def _comma(shown: dict[str, str]) -> str:
    """Why the numbers are read with a decimal comma."""
    name, cell = next(iter(shown.items()))
    others = f", and so in {len(shown) - 1} more" if len(shown) > 1 else ""
    return f"{cell} in {name} is a number with a decimal comma{others}"


def _limits(draft: Draft) -> list[str]:
    rows, rarest = draft.survey.rows, min(draft.classes.values(), default=DEFAULT_CLASS)
    lines = []
    if rows < DEFAULT_ROWS or rarest < DEFAULT_CLASS:
        minimum = f"minimum_rows: {min(rows, DEFAULT_ROWS)}, minimum_class: {min(rarest, DEFAULT_CLASS)}"
        lines.append(f"quality: {{{minimum}}}  # this file is smaller than the defaults ask for")
    lines.append(f"gate: {_gate(draft)}")
    return [*lines, "confidence: 0.8"] if draft.classes else lines


def _gate(draft: Draft) -> str:
    if not draft.classes:
        return "{r2: 0.5}  # answering always the mean has an r2 of 0"
    most = max(draft.classes.values()) / sum(draft.classes.values())
    always = f"# answering always the same would be right in {most:.1%} of the rows"
    return f"{{auc: 0.7}}  {always}" if draft.positive is not None else f"{{accuracy: {most:.2f}}}  {always}"
