"""What no field can say: why one would set something, and an example of it.

Every example is YAML of one part; a test puts it into a contract of its problem and reads that.
"""

from __future__ import annotations

HEAD = """\
# The contract

One YAML file a use case says what its data looks like, how good a model must be and how it is served. Put it
at `contracts/<usecase>/contract.yaml` in the data bucket, or publish it with `./dropforge publish`. Ten lines
are enough, and `./dropforge init` drafts them from a file; `./dropforge check` judges a file by them. Every
problem in a contract is told at once, with its line. Editors complete it from
[contract.schema.json](../layers/core/dropforge/domain/contract.schema.json).

This page is made from the program: `python -m dropforge.domain.contract.reference`.
"""
FIRST = """\
usecase: loan
problem: binary
target: Personal Loan
columns:
  Age: {type: integer, min: 18, max: 100}
  Income: number
  Education: {type: category, values: [1, 2, 3]}
  Personal Loan: {type: category, values: [0, 1]}
drop: {ID: unique per row}
gate: {accuracy: 0.95, auc: 0.97}
"""
ALLOWED = {
    "usecase": "lower-case letters, digits and dashes, at most 28",
    "target": "one of the columns",
    "positive": "one of the target's values",
    "owners": "a list of e-mail addresses",
    "split.column": "a column",
    "gate.champion.metric": "a metric of the problem",
    "gate.slices.metric": "a metric of the problem",
    "gate.slices.columns": "a list of columns",
    "reader.delimiter": "one of these characters",
    "reader.quote": "`\"`, `'` or nothing",
}
DEFAULTS = {
    "target": "required; `label` for pictures",
    "positive": "1, true, yes or y",
    "classes": "every folder",
    "owners": "nobody",
    "split.seed": "from the drop's digest",
    "split.stratify": "`true` for classes",
    "tuning.objective": "auc, logloss or rmse",
    "gate.champion.metric": "auc, accuracy or rmse",
    "gate.slices.metric": "accuracy or rmse",
    "columns.NAME.values": "any",
    "columns.NAME.format": "ISO 8601",
    "transform.select.keep": "half of them",
}
ABOUT = {
    "columns": """\
Every column of the file stands either here or, with the reason, under `drop`. `Income: number` is short for
`Income: {type: number}`.

| type | what a cell may be | as a feature |
|---|---|---|
| `integer`, `number` | a finite number; `min` and `max` bound it | the number, or bins |
| `category` | one of `values`; without them any word; codes (1, 2, 3) too | dummies, or its place in order |
| `date` | a date by `format` | the parts that `transform` asks for, else none |
| `string`, `id` | any text | none |

A cell that is none of this makes its row a bad row, which goes to `quarantine/` with the reason. An empty
cell is imputed, unless `required: true`. Values have one spelling: `1`, `1.0` and `"1"` are the same
category. The target is a category for classes and a number for a regression; pictures have no columns.""",
    "reader": """\
A byte-order mark, Windows line ends and spaces around a cell never matter. CSV and JSON lines may be packed
with gzip, their names ending in .gz.

With `decimal: ","` a cell of an `integer` or `number` column says `1,5` or `1.234,56`, in a drop and in a
file for inference; `1.5` is no number then. A category keeps its text. JSON lines, Parquet and requests to
the server, whose CSV has commas between its cells, write numbers with a point whatever the contract says.""",
    "image": """\
Pictures come as a .zip in which the folder is the class, below `train/`, `validation/` and `test/` where the
parts are given; or as a manifest of S3 keys.""",
    "rules": """\
A rule is two sums and one of `<= < >= > == !=` between them; a sum is made of columns, numbers and
`number * column`. A column whose name is no plain word stands in backticks. A row with an empty cell in a
rule's column is not asked.""",
    "quality": """\
A file beyond a limit is refused, with the figure. What is found about columns refuses it, is a warning in the
data-quality report, or is left out of it.""",
    "split": """\
The shares add up to 1. Copies of a row never end up on both sides. `validation: 0` is possible for algorithms
that do not stop or tune by it: decision_tree, random_forest, logistic, linear and svm.""",
    "resample": """\
The rows of validation and test stay as they are: a model is judged by what will come.""",
    "transform": """\
It is fitted on the training part once, and compiled into one graph that training, batch and the endpoint all
run. `impute`, `encode` and `scale` hold for every column that says nothing of its own. `dummies_but_first`
leaves out each first value, against collinearity. Without `scale` numbers are standardised for logistic and
svm.""",
    "tuning": """\
Trials train on the training part and are compared by `objective` on the validation part; the best goes on to
evaluation. A parameter has `min` and `max`, or `values` to choose from; a grid has values only. Without
`objective` it is auc (binary), logloss (other classes) or rmse.""",
    "gate": """\
Limits on the test part; a model beyond one is not registered, and the reason gives metric, value and limit.
Without a limit a model must only not be worse than guessing.""",
}
ALGORITHMS = {
    "xgboost": "Boosted trees: the first choice for tables. Trains on several hosts if `resources` says so.",
    "decision_tree": "One tree: less exact, and easy to explain.",
    "random_forest": "Many trees on random parts of the rows: hardly anything to tune.",
    "logistic": "A weighted sum turned into probabilities.",
    "linear": "A weighted sum; ordinary least squares, with its whole report in the evaluation.",
    "svm": "A border with the widest margin; slow beyond some 10,000 rows.",
    "script": """\
Your own Python file, put beside the contract (`contracts/<usecase>/train.py`); the rows, the gate and all
that comes after stay the same. Its parameters are free: up to 50 names with a number or a text each.""",
}
EXAMPLES = {
    "columns": """
columns:
  when: {type: date, format: "%d-%m-%Y"}
  Age: {type: integer, min: 18, max: 100, required: true}
  Income: number
  Education: {type: category, values: [1, 2, 3]}
  Policy: {type: id, unique: true}
  Personal Loan: {type: category, values: [0, 1]}
""",
    "drop": """
drop: {ID: unique per row, duration: known only after the call}
""",
    "reader": """
reader: {delimiter: ";", decimal: ",", nulls: ["", "?"]}
""",
    "image": """
image: {height: 32, width: 32}
""",
    "rules": """
rules:
  total adds up: "total == injury + property + vehicle"
  not spent twice: "`card balance` <= 1.1 * Income + 100"
""",
    "quality": """
quality: {bad_rows: 0.02, minimum_rows: 1000, nulls: 0.4, leakage: refuse}
""",
    "split": """
split: {train: 0.7, validation: 0.1, test: 0.2, by: time, column: when}
""",
    "resample": """
resample: {method: over, ratio: 1.0}
""",
    "transform": """
transform:
  encode: dummies_but_first
  scale: minmax
  columns:
    Age: {bin: {edges: [30, 45, 60]}, encode: dummies}
    Income: {impute: zero, scale: standard}
    when: {parts: [month, weekday]}
  select: {method: rfe, keep: 8}
""",
    "algorithm": """
algorithm: {name: xgboost, parameters: {max_depth: 4, eta: 0.05, rounds: 500}}
""",
    "tuning": """
tuning:
  strategy: bayesian
  trials: 12
  parallel: 3
  ranges:
    max_depth: {min: 2, max: 8}
    eta: {min: 0.01, max: 0.3, scale: log}
""",
    "gate": """
gate:
  auc: 0.9
  logloss: 0.4
  champion: {metric: auc, margin: 0.005}
  slices: {columns: [Education], metric: accuracy, margin: 0.1, minimum: 50}
""",
    "serving": """
serving: {instance_type: ml.m5.xlarge, instances: 2, capture: 20, latency_ms: 200}
""",
    "resources": """
resources: {instance_type: ml.m5.2xlarge, instances: 2, volume_gb: 50, minutes: 120}
""",
}
OVERRIDES = """\
## For one run

A drop can set parameters for its own run; the contract in force stays as it is:

```sh
./dropforge drop fraud claims.csv --set model.max_depth=4 --set gate.accuracy=0.9
```

`model.` is short for `algorithm.parameters.`. What can be set: `model`, `algorithm`, `gate`, `resources`,
`split`, `quality`, `resample` and `tuning`; `null` takes a part out (`--set tuning=null`).
Another `algorithm.name` starts with that one's defaults. Other S3 clients say the same in the object's
metadata:

```sh
aws s3 cp claims.csv s3://BUCKET/drops/fraud/ --metadata 'set=model.max_depth=4;gate.accuracy=0.9'
```

A setting that does not fit refuses the drop, with the sentence that the contract would be refused with.
What was set is in the input of the run's execution, and the run's own contract lies in its folder.
"""
TAIL = """\
## YAML

Read narrowly, because the file comes from anyone who may write to the bucket: no tags, anchors or aliases, no
key twice, at most 256 KiB and 12 levels. `yes`, `no` and `on` are words, not true and false.
"""
