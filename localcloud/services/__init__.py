"""AWS services that are the local cloud's own; what they need of others is handed to them."""
