"""What a model predicted for the test rows, beside what was true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.model.labels import decided

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Classified:
    classes: tuple[str, ...]
    positive: int | None
    """The positive class's index; None where there are more than two."""
    truth: NDArray[np.int64]
    """The index of each row's class."""
    probabilities: NDArray[np.float64]
    """A column a class."""

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def said(self) -> NDArray[np.int64]:
        """The index of the label that was given."""
        return decided(self.probabilities, self.positive)

    def counts(self) -> NDArray[np.int64]:
        """The confusion matrix: a row for what was true, a column for what was said."""
        import numpy as np

        size = len(self.classes)
        cells: NDArray[np.int64] = np.bincount(self.truth * size + self.said, minlength=size * size)
        return cells.reshape(size, size)


@dataclass(frozen=True)
class Valued:
    """A regression's predictions."""

    truth: NDArray[np.float64]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.truth)


Predictions = Classified | Valued
