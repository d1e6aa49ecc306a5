"""What has to hold before a merge: linters, types, import rules, lock, template, state machines, tests."""
