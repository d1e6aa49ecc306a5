"""CloudFormation as MiniStack has it, with the types and refusals that it lacks."""
