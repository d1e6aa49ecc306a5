"""A folder for PYTHONPATH: a Python process that finds it there has the fence."""
