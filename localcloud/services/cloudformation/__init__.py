"""The CloudFormation types that MiniStack lacks, made by calls of this very endpoint."""
