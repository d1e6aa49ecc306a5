"""Hyperparameter tuning jobs: training jobs, one after the other or some at a time, each with the
hyperparameters that a strategy proposes."""
