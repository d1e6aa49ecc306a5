"""Many decision trees, each on its own draw of rows and columns; the answer is their average."""

from __future__ import annotations

from training.train.algorithms.sklearn_trees import graph_of, settings
from training.train.task import Learned, Task


def learn(task: Task) -> Learned:
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if task.classes else RandomForestRegressor
    model = kind(**settings(task), n_estimators=int(task.parameters["trees"]), n_jobs=task.threads)
    model.fit(task.train.whole(), task.train.labels)
    grown = [tree.tree_ for tree in model.estimators_]
    return Learned(
        graph=graph_of(grown, task),
        answers=model.predict_proba if task.classes else model.predict,
        importance=model.feature_importances_,
        facts={"trees": len(grown), "nodes": sum(int(tree.node_count) for tree in grown)},
    )
