"""The engine of Step Functions: moto's interpreter of the Amazon States Language, mended and completed.

moto reads a definition into components and evaluates them; it reproduces what AWS was seen to do better
than anything else that runs without AWS. This package depends on it through one module, `seam`, and
changes nothing of it: what moto gets wrong is overridden in subclasses, which `program` puts into the
tree while it is built.

`program`    a definition's text -> a program, or the reasons why AWS would refuse it
`execution`  one execution: start, stop, time out, redrive, and its history
`single`     one state alone (TestState)

The costs: importing moto's parser takes about a second, so nothing here is imported before it is
needed; and a new release of moto may rename what `seam` lists, which is then said at start.
"""
