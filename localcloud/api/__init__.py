"""What the APIs of AWS have in common, by botocore's models: what a request may be, and how one is refused."""
