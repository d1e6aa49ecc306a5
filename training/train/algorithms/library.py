"""XGBoost without scikit-learn, its threads asleep while they wait.

It imports scikit-learn where it is installed, for wrappers that nothing here uses: two seconds of every
training job. So it is told, while it is imported, that there is none.

Threads that spin while they wait for each other take the cores from whoever they wait for: beside one other
busy process, training on two cores took thirteen times as long. OpenMP reads the wish when it is loaded.
"""

import os
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_hidden = "sklearn" not in sys.modules
if _hidden:
    sys.modules["sklearn"] = None  # type: ignore[assignment]
import xgboost  # noqa: E402

if _hidden:
    del sys.modules["sklearn"]

__all__ = ["xgboost"]
