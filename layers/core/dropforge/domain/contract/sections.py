"""Which fields each part of a contract has, with limits, defaults and what they are for."""

from __future__ import annotations

from collections.abc import Mapping

from dropforge.domain.contract import model
from dropforge.domain.contract.fields import Field, Flag, Number, Rising, Several, Text, Word
from dropforge.domain.contract.metrics import PROBLEMS
from dropforge.domain.reading.cells import LARGEST_NUMBER

Fields = Mapping[str, Field]

INSTANCE = Text(
    r"ml\.[a-z0-9-]{1,32}\.[a-z0-9]{1,32}",
    "an instance type such as ml.m5.large",
    "ml.m5.large",
    "The instance type, such as ml.m5.large.",
)
ANY_TEXT = Text(r"[^\x00]{0,64}", "a text of at most 64 characters")
NAME = Text(r"(?!\s)[^\x00-\x1f\x7f]{1,256}(?<!\s)", "a column's name (1 to 256 characters)")
CLASS = Text(r"(?![\s.])[^\x00-\x1f\x7f/\\]{1,128}(?<!\s)", "a class's name (a folder: 1 to 128 characters)")
REASON = Text(r"[^\x00]{1,500}", "a reason of 1 to 500 characters")
OWNER = Text(r"[^@\s]{1,64}@[^@\s]{1,255}", "an e-mail address")
ANY_NUMBER = Number(-LARGEST_NUMBER, LARGEST_NUMBER)

USECASE = Text(r"[a-z][a-z0-9-]{0,27}", "a name of at most 28 lower-case letters, digits and dashes")
PROBLEM = Word(PROBLEMS)
CONFIDENCE = Number(0, 1, model.Contract.confidence)
CLASS_NAMES = Several(CLASS, 1000, (), least=2)
OWNERS = Several(OWNER, 20)

_FINDING = ("refuse", "warn", "ignore")

READER: Fields = {
    "format": Word(
        ("auto", "csv", "parquet", "jsonl", "images"),
        model.Reader.format,
        "What the file is; auto goes by its extension: .parquet, .jsonl or .ndjson, else CSV.",
    ),
    "delimiter": Text(
        r"[,;|\t:^~ ]",
        "a delimiter: one of , ; | : ^ ~ tab and space",
        model.Reader.delimiter,
        "What parts the cells of a CSV: one of , ; | : ^ ~ tab and space.",
    ),
    "decimal": Word(
        (".", ","),
        model.Reader.decimal,
        "What a CSV's numbers have before their fraction; beside a comma, dots may group thousands.",
    ),
    "quote": Text(
        r"[\"']?",
        "a quote: \" or ', or '' for none",
        model.Reader.quote,
        "What a cell is quoted by: \" or ', or an empty text for nothing.",
    ),
    "encoding": Word(
        ("utf-8", "utf-16", "latin-1", "windows-1252"), model.Reader.encoding, "How the text is written."
    ),
    "nulls": Several(ANY_TEXT, 20, model.Reader.nulls, about="What a cell says where there is no value."),
}
QUALITY: Fields = {
    "bad_rows": Number(0, 1, model.Quality.bad_rows, about="The most rows in quarantine, as a share."),
    "duplicates": Number(0, 1, model.Quality.duplicates, about="The most repeated rows, as a share."),
    "minimum_rows": Number(10, 10**9, model.Quality.minimum_rows, whole=True, about="The fewest good rows."),
    "minimum_class": Number(
        3, 10**9, model.Quality.minimum_class, whole=True, about="The fewest good rows of each class."
    ),
    "megabytes": Number(0.001, 5_000_000, model.Quality.megabytes, about="The largest file."),
    "nulls": Number(
        0, 1, model.Quality.nulls, about="The most missing values in any one column, as a share."
    ),
    "constant": Word(_FINDING, model.Quality.constant, "A column with one value in every row."),
    "redundant": Word(
        _FINDING, model.Quality.redundant, "A column that another one gives (correlation above .99)."
    ),
    "unique": Word(_FINDING, model.Quality.unique, "A feature that differs in every row, as an id does."),
    "leakage": Word(
        _FINDING, model.Quality.leakage, "A column, or a sum of columns, that gives the answer away."
    ),
}
SPLIT: Fields = {
    "train": Number(0.05, 0.95, model.Split.train, about="The share that is trained on."),
    "validation": Number(
        0,
        0.9,
        model.Split.validation,
        about="The share that training stops and is tuned by.",
    ),
    "test": Number(0.05, 0.9, model.Split.test, about="The share that the gate looks at, and nothing else."),
    "seed": Number(0, 2**31 - 1, None, whole=True, about="Of the shuffle; without it, the drop's digest."),
    "by": Word(
        ("random", "time", "group"),
        model.Split.by,
        "time: the newest rows are the test; group: rows of a group stay together.",
    ),
    "column": Text(NAME.pattern, NAME.rule, None, "The column of the time or of the group."),
    "stratify": Flag(None, "Whether each part has as many of each class; yes for classes."),
}
RESAMPLE: Fields = {
    "method": Word(
        ("none", "over", "under"),
        model.Resample.method,
        "over repeats rare rows, under drops others.",
    ),
    "ratio": Number(
        0.01, 1, model.Resample.ratio, about="Rarest class over the most frequent one, to be reached."
    ),
}
IMAGE: Fields = {
    "height": Number(8, 512, model.Image.height, whole=True, about="Pixels."),
    "width": Number(8, 512, model.Image.width, whole=True, about="Pixels."),
}
SERVING: Fields = {
    "instance_type": INSTANCE,
    "instances": Number(1, 100, model.Serving.instances, whole=True, about="How many of them."),
    "capture": Number(
        0, 100, model.Serving.capture, whole=True, about="The percentage of requests that is recorded."
    ),
    "latency_ms": Number(
        1, 60_000, model.Serving.latency_ms, whole=True, about="An answer slower than this raises the alarm."
    ),
}
RESOURCES: Fields = {
    "instance_type": INSTANCE,
    "instances": Number(
        1, 20, model.Resources.instances, whole=True, about="How many hosts train; more than one for xgboost."
    ),
    "volume_gb": Number(1, 16_384, model.Resources.volume_gb, whole=True, about="Disk of each."),
    "minutes": Number(
        1, 7_200, model.Resources.minutes, whole=True, about="The longest that a job may take."
    ),
    "spot": Flag(
        model.Resources.spot,
        "Whether training takes spare machines: cheaper, and taken away at times. A job may wait for one as "
        "long again as it may take.",
    ),
}

NUMBERS = ("median", "mean", "most_frequent", "zero")
CATEGORIES = ("category", "most_frequent")
_ENCODE = ("dummies", "dummies_but_first", "ordinal")
_SCALE = ("none", "minmax", "standard")
TRANSFORM: Fields = {
    "impute": Word(NUMBERS, model.Transform.impute, "What a missing number becomes."),
    "missing": Word(CATEGORIES, model.Transform.missing, "What a missing category becomes."),
    "encode": Word(_ENCODE, model.Transform.encode, "How a category becomes numbers."),
    "scale": Word(_SCALE, model.Transform.scale, "How numbers are scaled."),
}
COLUMN_TRANSFORM: Fields = {
    "impute": Word(
        tuple(dict.fromkeys((*NUMBERS, *CATEGORIES))), None, "What a missing value of this column becomes."
    ),
    "encode": Word(_ENCODE, None, "How this category, or these bins, become numbers."),
    "scale": Word(_SCALE, None, "To what this number is scaled."),
    "log": Flag(model.ColumnTransform.log, "The logarithm of 1 + the value; needs `min` of 0 or more."),
    "parts": Several(
        Word(("year", "month", "day", "weekday", "hour", "dayofyear")),
        6,
        model.ColumnTransform.parts,
        about="Which parts of a date become features.",
    ),
}
BIN: Fields = {
    "edges": Rising(ANY_NUMBER, 100, None, "Where one bin ends and the next begins."),
    "quantiles": Number(2, 100, None, whole=True, about="How many bins, equally full."),
    "width": Number(1e-9, LARGEST_NUMBER, None, about="How wide each bin is."),
}
SELECT: Fields = {
    "method": Word(
        ("rfe", "vif"), None, "rfe drops the least important, vif the most collinear, one by one."
    ),
    "keep": Number(1, 10_000, None, whole=True, about="rfe: how many are kept; half of them if not said."),
    "limit": Number(1, 1e6, model.Select.limit, about="vif: none above this is kept."),
}
TUNING: Fields = {
    "strategy": Word(
        ("bayesian", "random", "grid", "hyperband"), model.Tuning.strategy, "How the next trial is chosen."
    ),
    "trials": Number(1, 750, model.Tuning.trials, whole=True, about="How many; a grid has its points."),
    "parallel": Number(1, 100, model.Tuning.parallel, whole=True, about="How many at once."),
    "early_stopping": Flag(model.Tuning.early_stopping, "Whether a trial that falls behind is stopped."),
}
RANGE: Fields = {
    "min": Number(ANY_NUMBER.low, ANY_NUMBER.high, about="The least that is tried."),
    "max": Number(ANY_NUMBER.low, ANY_NUMBER.high, about="The most that is tried."),
    "scale": Word(("linear", "log"), model.Range.scale, "log: as many trials below 0.1 as above."),
}
CHAMPION: Fields = {
    "margin": Number(0, LARGEST_NUMBER, model.Champion.margin, about="By how much it may be worse."),
}
SLICES: Fields = {
    "columns": Several(NAME, 20, None, least=1, about="The categories whose values are the groups."),
    "margin": Number(
        0, LARGEST_NUMBER, model.Slices.margin, about="By how much a group may be worse than all."
    ),
    "minimum": Number(
        2, 10**9, model.Slices.minimum, whole=True, about="The fewest rows of a group that counts."
    ),
}
RULE_NAME = Text(r"(?!\s)[^\x00-\x1f\x7f]{1,100}(?<!\s)", "a rule's name (1 to 100 characters)")
RULE = Text(r"[^\x00]{1,1000}", 'a comparison such as "total >= injury + property"')
MOST_RULES = 100

COLUMN_TYPES = ("integer", "number", "category", "string", "date", "id")
COLUMN: Fields = {
    "type": Word(COLUMN_TYPES, None, "What its cells hold."),
    "min": Number(-LARGEST_NUMBER, LARGEST_NUMBER, about="The least of a number."),
    "max": Number(-LARGEST_NUMBER, LARGEST_NUMBER, about="The most of a number."),
    "required": Flag(model.Column.required, "Whether a row without a value is a bad row."),
    "unique": Flag(model.Column.unique, "Whether a row that repeats a value is a bad row."),
    "format": Text(
        r"(?:%[YymdHMSjbBpI]|[^%\x00-\x1f\x7f]){1,64}",
        "a date's format such as %d-%m-%Y",
        None,
        "How a date is written, such as %d-%m-%Y; ISO 8601 if not said.",
    ),
}
MOST_COLUMNS = 2000
MOST_VALUES = 1000
TOP = (
    "usecase",
    "problem",
    "target",
    "positive",
    "classes",
    "columns",
    "drop",
    "reader",
    "image",
    "rules",
    "quality",
    "split",
    "resample",
    "transform",
    "algorithm",
    "tuning",
    "gate",
    "confidence",
    "serving",
    "resources",
    "owners",
)
REQUIRED = ("usecase", "problem", "target", "columns")
OF_TABLES = ("positive", "columns", "drop", "rules")
OF_IMAGES = ("image", "classes")
IMAGE_TARGET = "label"
