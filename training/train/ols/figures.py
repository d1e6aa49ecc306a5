"""What was fitted → every figure of the report. One that has no finite value is null."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from training.transform.select import inflation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CONSTANT = "const"
TOO_COLLINEAR = "infinite"


def figures(result: Any, names: Sequence[str], target: str, matrix: NDArray[np.float64]) -> dict[str, Any]:
    """`result` is statsmodels' own."""
    with warnings.catch_warnings():  # of few rows it says that a test means little; the reading does too
        warnings.simplefilter("ignore")
        return {
            "target": target,
            "observations": int(result.nobs),
            "df_model": int(result.df_model),
            "df_residuals": int(result.df_resid),
            **_fit(result),
            **_residuals(result),
            "condition_number": finite(result.condition_number),
            "coefficients": _coefficients(result, [CONSTANT, *names]),
            "vif": _vif(names, matrix),
        }


def finite(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _fit(result: Any) -> dict[str, Any]:
    return {
        "r2": finite(result.rsquared),
        "adjusted_r2": finite(result.rsquared_adj),
        "f": finite(result.fvalue),
        "f_p": finite(result.f_pvalue),
        "log_likelihood": finite(result.llf),
        "aic": finite(result.aic),
        "bic": finite(result.bic),
        "residual_deviation": finite(math.sqrt(max(0.0, result.ssr) / max(1.0, result.df_resid))),
    }


def _residuals(result: Any) -> dict[str, Any]:
    from statsmodels.stats.stattools import durbin_watson, jarque_bera, omni_normtest

    omnibus, omnibus_p = omni_normtest(result.wresid)
    bera, bera_p, skew, kurtosis = jarque_bera(result.wresid)
    return {
        "omnibus": finite(omnibus),
        "omnibus_p": finite(omnibus_p),
        "durbin_watson": finite(durbin_watson(result.wresid)),
        "jarque_bera": finite(bera),
        "jarque_bera_p": finite(bera_p),
        "skew": finite(skew),
        "kurtosis": finite(kurtosis),
    }


def _coefficients(result: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    intervals = np.asarray(result.conf_int())
    columns = (result.params, result.bse, result.tvalues, result.pvalues, intervals[:, 0], intervals[:, 1])
    keys = ("coefficient", "std_err", "t", "p", "low", "high")
    return [
        {"name": name} | {key: finite(column[index]) for key, column in zip(keys, columns, strict=True)}
        for index, name in enumerate(names)
    ]


def _vif(names: Sequence[str], matrix: NDArray[np.float64]) -> dict[str, float | str]:
    """Of each column among the others and the constant."""
    found = zip(names, inflation(matrix), strict=True)
    return {name: float(factor) if math.isfinite(factor) else TOO_COLLINEAR for name, factor in found}
