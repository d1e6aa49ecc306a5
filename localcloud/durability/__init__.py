"""What is kept so that a killed cloud comes back: records by key, parts of records, and events not yet handed
over.

It knows nothing of MiniStack or of AWS: `database` writes rows, `tracked` notices what was touched, `records`
turns what was touched into rows, `unit` says when a piece of work must be on the disk.
"""
