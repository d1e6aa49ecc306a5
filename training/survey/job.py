"""`python -m training survey`: one file → survey.json. TARGET (of the environment) names what to predict."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dropforge.domain.contract.fields import shown
from dropforge.domain.survey import Survey
from training.errors import JobError
from training.paths import Paths, only_file
from training.survey.columns import look
from training.survey.decimals import commas_in
from training.survey.formats import format_of, unpacked
from training.survey.pictures import pictures
from training.survey.relations import is_number, relations
from training.survey.tables import table_of

if TYPE_CHECKING:
    from pathlib import Path


def run(paths: Paths) -> None:
    drop = only_file(paths.processing_input("drop"))
    text = json.dumps(
        facts_of(drop, os.environ.get("TARGET", "")), indent=1, ensure_ascii=False, allow_nan=False
    )
    (paths.processing_output("survey") / "survey.json").write_text(text + "\n", encoding="utf-8")


def facts_of(drop: Path, target: str) -> dict[str, Any]:
    with unpacked(drop) as file:
        return _facts(file, target)


def _facts(drop: Path, target: str) -> dict[str, Any]:
    if format_of(drop) == "images":
        return pictures(drop)
    table = table_of(drop)
    if target not in table.rows.columns:
        asked = f"has no column {shown(target)}" if target else "needs a column to predict (--target)"
        raise JobError(f"the file {asked}; it has {', '.join(table.rows.columns[:50])}")
    commas = commas_in(table)
    looked = [look(cells, comma=bool(commas)) for cells in table.rows.iter_columns()]
    seen = {facts.name: facts for facts, _ in looked}
    values = {column.name: column for _, column in looked}
    survey = Survey(
        format=table.format,
        encoding=table.text.encoding if table.text else "utf-8",
        delimiter=table.text.delimiter if table.text else ",",
        commas=commas,
        rows=table.rows.height,
        whole=table.whole,
        regression=is_number(seen[target]),
        columns=tuple(seen.values()),
        **relations(values, seen, target),
    )
    return asdict(survey)
