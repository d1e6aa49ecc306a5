"""The table of a linear regression and its reading, and how the columns were selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training.report import Block, facts, heading, paragraph, table
from training.report.text import NOTHING, measure, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.evaluate.evaluation import Evaluation

MARKS = {"good": "✓", "warn": "!", "bad": "✕"}
FIGURES = (
    ("Observations", "observations"),
    ("Degrees of freedom, model", "df_model"),
    ("Degrees of freedom, residuals", "df_residuals"),
    ("R²", "r2"),
    ("Adjusted R²", "adjusted_r2"),
    ("F", "f"),
    ("p of F", "f_p"),
    ("AIC", "aic"),
    ("BIC", "bic"),
    ("Omnibus", "omnibus"),
    ("Durbin-Watson", "durbin_watson"),
    ("Jarque-Bera", "jarque_bera"),
    ("Skew", "skew"),
    ("Kurtosis", "kurtosis"),
    ("Condition number", "condition_number"),
)
ROUNDED = {"r2", "adjusted_r2", "durbin_watson", "skew", "kurtosis", "omnibus"}


def linear(found: Evaluation) -> list[Block]:
    """What training said of its fit, on the rows that it was trained on."""
    fit: Mapping[str, Any] = found.model_facts.get("ols") or {}
    if not fit:
        return []
    reading = [[MARKS.get(part["kind"], ""), part["subject"], part["sentence"]] for part in fit["reading"]]
    said = "How the fit reads, on the rows it was trained on. ✓ holds, ! take care, ✕ does not hold."
    return [
        heading("The regression"),
        table(["", "about", "reading"], reading, said),
        table(*_coefficients(fit), "Each column's part of the answer"),
        facts([(label, _figure(fit.get(name), name)) for label, name in FIGURES]),
    ]


def selection(found: Evaluation) -> list[Block]:
    made: Mapping[str, Any] = found.model_facts.get("selection") or {}
    if not made:
        return []
    steps: Sequence[Mapping[str, Any]] = made["steps"]
    figure = "vif" if made["method"] == "vif" else "rank"
    rows = [
        [str(index), step["dropped"], _plain(step.get(figure))] for index, step in enumerate(steps, start=1)
    ]
    total = len(steps) + len(made["kept"])
    said = f"Of {total} columns {len(made['kept'])} were kept, by {made['method'].upper()}."
    dropped = [table(["step", "dropped", figure], rows)] if rows else []
    return [heading("Which columns were kept"), paragraph(said), *dropped]


def _coefficients(fit: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    factors: Mapping[str, Any] = fit.get("vif") or {}
    keys = ("coefficient", "std_err", "low", "high", "p")
    rows = [
        [row["name"], *(_plain(row.get(key)) for key in keys), _plain(factors.get(row["name"]), short=True)]
        for row in fit["coefficients"]
    ]
    return ["column", "coefficient", "std. error", "from", "to", "p", "VIF"], rows


def _figure(value: Any, name: str) -> str:
    """R² as statisticians print it; what is large or tiny in figures."""
    if not isinstance(value, (int, float)):
        return NOTHING
    return f"{value:.3f}" if name in ROUNDED else number(value) if isinstance(value, int) else f"{value:.4g}"


def _plain(value: Any, short: bool = False) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, (int, float)):
        return NOTHING
    return f"{value:.1f}" if short else str(value) if isinstance(value, int) else measure(value)
