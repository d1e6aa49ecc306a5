"""One decision tree: the model that is easiest to explain."""

from __future__ import annotations

from training.train.algorithms.sklearn_trees import graph_of, settings
from training.train.task import Learned, Task


def learn(task: Task) -> Learned:
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    model = (DecisionTreeClassifier if task.classes else DecisionTreeRegressor)(**settings(task))
    model.fit(task.train.whole(), task.train.labels)
    return Learned(
        graph=graph_of([model.tree_], task),
        answers=model.predict_proba if task.classes else model.predict,
        importance=model.feature_importances_,
        facts={"depth": int(model.get_depth()), "leaves": int(model.get_n_leaves())},
    )
