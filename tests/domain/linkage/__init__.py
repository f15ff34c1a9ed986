"""The linkage checker: planted faults are found, and nothing else is."""
