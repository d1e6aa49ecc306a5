"""The adapter to MiniStack. Beside it only `services.events` replaces what it does.

MiniStack is embedded, pinned and never copied from. `hooks` lists every private name that is used and checks
at start that each exists, `settings` makes its environment (read when it is imported), the other modules
each mend or add one service. The cost: its state is module-global, so a process can hold one local cloud
only.
"""
