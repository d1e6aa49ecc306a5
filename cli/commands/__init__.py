"""One file a command, each with `add_arguments` and `run(arguments)`, which answers the exit status."""
