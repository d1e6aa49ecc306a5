"""What a model answered on the test rows, beside what was true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THRESHOLD = 0.5


@dataclass(frozen=True)
class Classified:
    """`truth` is each row's place among the classes, `probabilities` a column a class. `positive` is the
    positive class's place, and None where there are more than two."""

    classes: tuple[str, ...]
    positive: int | None
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def said(self) -> NDArray[np.int64]:
        """The label given: of two classes the positive one from the threshold on, else the likeliest."""
        if self.positive is None:
            return self.probabilities.argmax(axis=1)
        is_positive = self.probabilities[:, self.positive] >= THRESHOLD
        return is_positive.astype("int64") if self.positive == 1 else 1 - is_positive.astype("int64")

    def counts(self) -> NDArray[np.int64]:
        """The confusion matrix: a row for what was true, a column for what was said."""
        import numpy as np

        size = len(self.classes)
        cells: NDArray[np.int64] = np.bincount(self.truth * size + self.said, minlength=size * size)
        return cells.reshape(size, size)


@dataclass(frozen=True)
class Valued:
    """A regression's answers."""

    truth: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.truth)


Answers = Classified | Valued
