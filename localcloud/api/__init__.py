"""What the APIs of AWS have in common, by botocore's models: what a request may be, how one is refused."""
