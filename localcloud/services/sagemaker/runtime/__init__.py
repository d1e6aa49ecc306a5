"""What runs containers without containers: processes, their /opt/ml tree, their logs, their data."""
