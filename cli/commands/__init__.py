"""One file a command. Each has `add_arguments(parser)` and `run(arguments)`, and returns the exit status or None."""
