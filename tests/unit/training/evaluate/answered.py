"""Answers of models that are as good as a test wants them."""

import numpy as np

from training.evaluate.predictions import Classified, Valued


def two(rows: int = 600, noise: float = 0.25, seed: int = 1) -> Classified:
    random = np.random.default_rng(seed)
    truth = (random.random(rows) < 0.3).astype(np.int64)
    positive = np.clip(0.2 + 0.6 * truth + random.normal(0, noise, rows), 0, 1)
    return Classified(("no", "yes"), 1, truth, np.column_stack([1 - positive, positive]))


def many(rows: int = 600, classes: int = 3, seed: int = 1) -> Classified:
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, rows)
    weights = np.exp(random.normal(0, 1, (rows, classes)) + 2 * np.eye(classes)[truth])
    names = tuple(f"class {number:03}" for number in range(classes))
    return Classified(names, None, truth, weights / weights.sum(axis=1, keepdims=True))


def values(rows: int = 600, noise: float = 1.0, seed: int = 1) -> Valued:
    random = np.random.default_rng(seed)
    truth = np.random.default_rng(0).normal(10, 3, rows)
    return Valued(truth, truth + random.normal(0, noise, rows))
