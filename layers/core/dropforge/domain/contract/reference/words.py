"""What the page says beside its sections: its beginning, and what holds of the contract as a whole."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = """\
# The contract

One YAML file per use case says what its data looks like, how good a model must be and how it is served. Put
it at `contracts/<usecase>/contract.yaml` in the data bucket, or publish it with `./dropforge publish`. Ten
lines are enough, and `./dropforge init` drafts them from a file; `./dropforge check` checks a file by them.
Every problem in a contract is reported at once, with its line. Editors complete it from
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
_OVERRIDES = """\
## For one run

A drop can set parameters for its own run; the contract in force stays as it is:

```sh
./dropforge drop fraud claims.csv --set model.max_depth=4 --set gate.accuracy=0.9
```

{settable}

```sh
aws s3 cp claims.csv s3://BUCKET/drops/fraud/ --metadata 'set=model.max_depth=4;gate.accuracy=0.9'
```

A setting that does not fit refuses the drop, with the sentence that the contract would be refused with.
What was set is in the input of the run's execution, and the run's own contract lies in its folder.
"""
_SETTABLE = (
    "`model.` is short for `algorithm.parameters.`. What can be set: `model`, {sections}; `null` takes a "
    "part out (`--set tuning=null`). Another `algorithm.name` starts with that one's defaults. Other S3 "
    "clients say the same in the object's metadata:"
)
TAIL = """\
## YAML

Read narrowly, because the file comes from anyone who may write to the bucket: no tags, anchors or aliases, no
key twice, at most 256 KiB and 12 levels. `yes`, `no` and `on` are words, not true and false.
"""


def overrides(settable: Sequence[str]) -> str:
    """What a drop may set for its own run: these sections."""
    sections = f"{', '.join(settable[:-1])} and {settable[-1]}"
    return _OVERRIDES.format(settable=textwrap.fill(_SETTABLE.format(sections=sections), 110))
