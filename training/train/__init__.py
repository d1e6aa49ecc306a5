"""The matrices → a model folder."""
