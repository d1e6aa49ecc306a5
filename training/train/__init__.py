"""Typed rows → a model folder.

rows         rows through the compiled transform → a matrix in a scratch file
algorithms   one file each: a matrix → what was learned, as a graph
trees        decision trees, whoever grew them → a graph
linear_graph  coefficients → a graph
ols          the full report of a linear regression
figures      a prediction's figures, for the log's last line
check        does the graph answer as the trained model does?
hosts        several machines that train one model
job          all of it
"""
