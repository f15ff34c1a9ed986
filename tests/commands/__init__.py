"""The command line, run as the operator runs it: as a process of its own, over a real database."""
