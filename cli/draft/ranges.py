"""What numbers may be, and which of them look like codes; each decision is one rule with its reason."""

from dropforge.domain.survey import Column

FEW = 12
ROWS_PER_VALUE = 10
LARGEST_CODE = 99
MOSTLY = 0.5
ODD_SHARE = 0.02
APART = 0.15
HALF = 0.5


def is_code(column: Column, rows: int) -> bool:
    """A few small whole numbers that come again and again are names of things, not amounts."""
    if not (column.integer and column.lowest and column.highest):
        return False
    few = column.distinct <= FEW and column.distinct * ROWS_PER_VALUE <= rows
    small = max(abs(column.lowest[0]), abs(column.highest[0])) <= LARGEST_CODE
    return few and small and not counts_things(column)


def counts_things(column: Column) -> bool:
    """Of more than two numbers from 0 up, mostly 0: how often something happened."""
    zeros = column.counts.get("0", 0)
    return column.distinct > 2 and zeros > MOSTLY * column.present and not column.negative


def limits(column: Column) -> tuple[str, list[str]]:
    """A numeric column's limits as YAML, and what to say of its values."""
    if not (column.lowest and column.highest):
        return "", []
    low, high = column.lowest[0], column.highest[0]
    said = [f"{low:.15g} to {high:.15g}", *codes(column)]
    if column.integer and 0 <= low < HALF * high:
        return "min: 0", said
    if 0 < column.negative <= ODD_SHARE * column.present:
        return "min: 0", [*said, f"{column.negative} below 0: to quarantine"]
    return "", said


def codes(column: Column) -> list[str]:
    """A value that lies far from all others may stand for something else than an amount."""
    if not (column.lowest and column.highest) or column.distinct < FEW:
        return []
    (low, lows, next_low), (high, highs, next_high) = column.lowest, column.highest
    said = []
    if high - next_high > next_high - low > 0:
        said.append(f"{high:.15g} ({rows(highs)}) lies far from the rest: a code?")
    elif next_low - low > high - next_low > 0:
        said.append(f"{low:.15g} ({rows(lows)}) lies far from the rest: a code?")
    elif low == 0 and lows <= ODD_SHARE * column.present and next_low > APART * high:
        said.append(f"0 ({rows(lows)}): really, or nothing?")
    return said


def rows(count: int) -> str:
    """How many, in words."""
    return "1 row" if count == 1 else f"{count} rows"
