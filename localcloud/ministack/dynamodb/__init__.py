"""DynamoDB as MiniStack has it, with what its transactions need of policies."""
