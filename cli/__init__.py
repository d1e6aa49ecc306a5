"""The command line: thin commands over boto3, the same against AWS and against the local cloud."""
