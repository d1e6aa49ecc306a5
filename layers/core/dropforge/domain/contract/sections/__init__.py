"""The sections of a contract, one a file.

Each declares its fields beside the attributes of the dataclass that it is read into, notes what does not go
together within it (`finish…`) and with other sections (`check…`), and holds its text of the reference page.
`usecase` and `target` hold the few that are a single value.
"""
