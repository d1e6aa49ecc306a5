"""The fit itself, by statsmodels, with a constant."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(matrix: NDArray[np.float64], labels: NDArray[np.float64]) -> Any:
    with warnings.catch_warnings():  # importing it, it warns of what pandas will remove one day
        warnings.simplefilter("ignore")
        from statsmodels.regression.linear_model import OLS

    return OLS(labels, np.column_stack([np.ones(len(matrix)), matrix])).fit()
