"""S3 as MiniStack has it, with objects that are files."""
