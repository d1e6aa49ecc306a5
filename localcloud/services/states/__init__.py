"""Step Functions' doors to other services, and the validator of definition files. Nothing here knows
MiniStack."""
