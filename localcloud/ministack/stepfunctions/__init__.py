"""MiniStack's Step Functions: its records, what it answers itself, and where it calls our service instead."""
