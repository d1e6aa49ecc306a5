"""Is this data fit to learn from? Checks as pure functions over typed rows, and the report of them.

findings      what a check says: its rule, the columns, a figure, the limit and a sentence
target        the target as numbers that the checks can compute with
columns       each column's figures, from one sorted copy of it
strength      how well one column alone tells the answer
correlation   how each two numeric columns move together
sums          columns that add up to another one
checks        the rules: figures → findings
assessment    all of these over the rows
page          what a person has to know of it
files         quality.json and quality.html

Rows are looked at one column at a time, so that memory is that of a few columns. The cost: a column that is
read lazily from a file is read again by each check that needs it.
"""

from training.quality.assessment import Assessment, assess
from training.quality.files import document, write
from training.quality.findings import Finding, Reading

__all__ = ["Assessment", "Finding", "Reading", "assess", "document", "write"]
