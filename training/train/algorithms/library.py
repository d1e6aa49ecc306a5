"""XGBoost without scikit-learn.

It imports scikit-learn where it is installed, for wrappers that nothing here uses: two seconds of every
training job. So it is told, while it is imported, that there is none.
"""

import sys

_hidden = "sklearn" not in sys.modules
if _hidden:
    sys.modules["sklearn"] = None  # type: ignore[assignment]
import xgboost  # noqa: E402

if _hidden:
    del sys.modules["sklearn"]

__all__ = ["xgboost"]
