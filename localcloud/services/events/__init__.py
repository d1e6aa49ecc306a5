"""Events: the bus, their delivery, alarms, and what is on its way when a cloud ends."""
