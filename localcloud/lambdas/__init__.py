"""Lambda functions as AWS runs them: the official runtime client in a process a worker.

A function's process is the base interpreter without site packages: it sees its code, its layers and what
AWS itself puts into the runtime, so that a missing dependency fails here as it does there. Nothing here
knows MiniStack.
"""
