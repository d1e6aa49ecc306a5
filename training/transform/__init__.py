"""The transform: learned from the training rows, compiled to one ONNX graph, run as that graph ever after.

columns   what a fitted transform knows of each column
learn     rows and a contract → those columns
compile   columns → the graph
select    which columns of the matrix stay: RFE or VIF, each step kept
fit       all of it in order; what processing calls

The graph is put together from a dozen standard operators. Compiled from scikit-learn it would be three times
slower on a million rows, and importing what compiles it takes two seconds of every job.
"""

from training.transform.fit import Transform

__all__ = ["Transform"]
