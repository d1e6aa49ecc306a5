"""Lambda as MiniStack has it, with processes of our own."""
