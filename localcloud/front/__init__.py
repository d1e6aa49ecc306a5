"""The door of the cloud: one port, who calls and whether it may, and nothing answered before it is kept."""
