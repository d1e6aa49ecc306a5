"""The parts of a contract, one a file: how each is read, and what it must agree on with the others.

`read…` makes a part from what was written, `check…` looks at the whole contract. Both note problems and go
on, so that all of them are told at once; a part that has problems already is not checked against the others.
"""
