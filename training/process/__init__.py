"""A drop and its contract → data to train on.

survey     the file as text: is it a CSV of these columns, whole and decodable? Exact line numbers
checks     the cells by column: what is bad, and why
duplicates and split    which rows are kept, and for what
transform  fitted on the training part, compiled, and run to make the matrices
baseline   what the training part looks like, in Model Monitor's format
report     what was found
"""
