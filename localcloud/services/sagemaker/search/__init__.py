"""Search: one question over all resources of a kind."""
