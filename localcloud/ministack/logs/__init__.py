"""CloudWatch Logs as MiniStack has it, with its reading done as AWS does it."""
