"""The rules, as pure functions over plain values. Standard library only: no network, no clock, no AWS."""
