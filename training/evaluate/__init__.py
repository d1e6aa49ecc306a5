"""A model and rows it has not seen → metrics, and the gate's verdict."""
