"""The figures of a regression → sentences: what holds, what does not, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dropforge.domain.contract.fields import shown
from training.train.ols.figures import CONSTANT, TOO_COLLINEAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GOOD, WARN, BAD, NOTE = "good", "warn", "bad", "note"
PERFECT = 1 - 1e-9
SIGNIFICANT = 0.05
LARGE_VIF = 10
LARGE_CONDITION = 1000
ROWS_PER_COLUMN = 10
MOST_NAMED = 8


class Remark(NamedTuple):
    subject: str
    kind: str
    sentence: str


def reading(found: Mapping[str, Any], in_order: bool) -> list[dict[str, str]]:
    """One sentence a subject, with how good it is: good, warn or bad, or a note that is neither. `in_order`:
    the rows were fitted in the order of the file, and not as they were drawn."""
    parts = [*_rows(found), *_fit(found)]
    if not is_perfect(found):
        parts += [*_significance(found), *_normality(found), *_autocorrelation(found, in_order)]
    parts += [*_collinearity(found), *_condition(found)]
    return [part._asdict() for part in parts]


def is_perfect(found: Mapping[str, Any]) -> bool:
    return found["r2"] is not None and found["r2"] >= PERFECT


def _rows(found: Mapping[str, Any]) -> Iterator[Remark]:
    rows, columns = found["observations"], len(found["coefficients"]) - 1
    if rows <= columns + 1:
        yield Remark(
            "rows",
            BAD,
            f"There are {rows} rows for {columns} columns: any such model fits, and none of its figures "
            "means anything. Select fewer columns, or bring more rows.",
        )
    elif rows < ROWS_PER_COLUMN * columns:
        yield Remark(
            "rows",
            WARN,
            f"There are {rows} rows for {columns} columns, fewer than {ROWS_PER_COLUMN} a column: the "
            "coefficients would come out differently on other rows.",
        )


def _fit(found: Mapping[str, Any]) -> Iterator[Remark]:
    r2, adjusted, target = found["r2"], found["adjusted_r2"], shown(found["target"])
    if r2 is None:
        yield Remark("fit", BAD, f"{target} is the same in every row, so there is nothing to explain.")
    elif is_perfect(found):
        yield Remark(
            "fit",
            BAD,
            f"A perfect fit: R² is {r2:.3f}. Some columns give {target} exactly, most of all "
            f"{_largest(found)}. Either {target} is calculated from them, and then nobody needs a model, or "
            "they are known only once it is known: drop them. The errors left are rounding, so the tests of "
            "significance, normality and autocorrelation say nothing.",
        )
    else:
        kind = GOOD if r2 >= 0.5 else WARN if r2 >= 0.2 else BAD
        of_adjusted = (
            "" if adjusted is None else f" ({100 * adjusted:.1f} % after a deduction for each column)"
        )
        yield Remark(
            "fit",
            kind,
            f"The columns explain {100 * r2:.1f} % of how {target} varies{of_adjusted}; a typical error is "
            f"{found['residual_deviation']:.4g}.",
        )


def _significance(found: Mapping[str, Any]) -> Iterator[Remark]:
    if found["f_p"] is not None:
        as_a_whole = found["f_p"] < SIGNIFICANT
        yield Remark(
            "significance",
            GOOD if as_a_whole else BAD,
            f"As a whole the model is {'' if as_a_whole else 'not '}better than the mean alone "
            f"(F {found['f']:.4g}, p {_p(found['f_p'])}).",
        )
    doubtful = [
        c["name"]
        for c in found["coefficients"]
        if c["name"] != CONSTANT and c["p"] is not None and c["p"] >= SIGNIFICANT
    ]
    if doubtful:
        yield Remark(
            "coefficients",
            WARN,
            f"{_count(doubtful, 'coefficient')} may as well be 0 (p {SIGNIFICANT} or more): "
            f"{_named(doubtful)}.",
        )


def _normality(found: Mapping[str, Any]) -> Iterator[Remark]:
    tests = [found["omnibus_p"], found["jarque_bera_p"]]
    if any(p is None for p in tests):
        return
    shape = f"skew {found['skew']:.2f}, kurtosis {found['kurtosis']:.2f}"
    if min(tests) >= SIGNIFICANT:
        yield Remark("normality", GOOD, f"The errors are spread as a normal distribution would be ({shape}).")
    else:
        yield Remark(
            "normality",
            WARN,
            f"The errors are not normally distributed ({shape}; Omnibus p {_p(found['omnibus_p'])}, "
            f"Jarque-Bera p {_p(found['jarque_bera_p'])}; a normal one has skew 0 and kurtosis 3): intervals "
            "and p-values are approximate. The logarithm of a skewed column may help.",
        )


def _autocorrelation(found: Mapping[str, Any], in_order: bool) -> Iterator[Remark]:
    value = found["durbin_watson"]
    if value is None:
        return
    if not in_order:
        yield Remark(
            "autocorrelation",
            NOTE,
            f"Durbin-Watson is {value:.2f}, but of rows in the order in which they were drawn: it does not "
            "say whether an error follows from the one before it in time. Split by time to see.",
        )
    elif 1.5 <= value <= 2.5:
        yield Remark(
            "autocorrelation",
            GOOD,
            f"In the order of the file the errors do not follow one another (Durbin-Watson {value:.2f}).",
        )
    else:
        how = "the same" if value < 1.5 else "the other"
        yield Remark(
            "autocorrelation",
            WARN,
            f"In the order of the file an error tends to be followed by one to {how} side "
            f"(Durbin-Watson {value:.2f}, 2 means none): standard errors are too small or too large. Add "
            "what changes with time.",
        )


def _collinearity(found: Mapping[str, Any]) -> Iterator[Remark]:
    exact = [name for name, factor in found["vif"].items() if factor == TOO_COLLINEAR]
    others = {name: factor for name, factor in found["vif"].items() if name not in exact}
    large = [f"{name} {factor:.1f}" for name, factor in others.items() if factor > LARGE_VIF]
    if exact:
        yield Remark(
            "collinearity",
            BAD,
            f"{_count(exact, 'column')} can be had exactly from the others: {_named(exact)}. Their "
            "coefficients are one choice of many; encode without the first dummy, or select by VIF.",
        )
    if large:
        yield Remark(
            "collinearity",
            WARN,
            f"{_count(large, 'column')} can nearly be had from the others (VIF above {LARGE_VIF}): "
            f"{_named(large)}. Their coefficients cannot be told apart well.",
        )
    if not exact and not large:
        said = f"No column can be had from the others (every VIF is at most {LARGE_VIF})."
        yield Remark("collinearity", GOOD, said)


def _condition(found: Mapping[str, Any]) -> Iterator[Remark]:
    number = found["condition_number"]
    if number is None or number > LARGE_CONDITION:
        figure = "infinite" if number is None else f"{number:.3g}"
        yield Remark(
            "condition",
            WARN,
            f"The condition number is {figure}: columns are collinear, or of very different sizes, and a "
            "small change of the rows may change coefficients much. Scale the numbers, or select by VIF.",
        )


def _largest(found: Mapping[str, Any]) -> str:
    """The two columns whose coefficients are the surest."""
    sure = [c for c in found["coefficients"] if c["name"] != CONSTANT and c["t"] is not None]
    first = sorted(sure, key=lambda c: -abs(c["t"]))[:2]
    return " and ".join(shown(c["name"]) for c in first) or "the constant"


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _count(names: list[str], word: str) -> str:
    return f"{len(names)} {word}{'' if len(names) == 1 else 's'}"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
