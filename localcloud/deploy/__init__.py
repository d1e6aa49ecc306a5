"""What `sam build`, `sam package` and `sam deploy` do, for the local endpoint."""
