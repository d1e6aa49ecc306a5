"""What the start script runs before there is an environment: the standard library only."""
