"""The command line, one file per group of commands. Thin: every change goes through an action."""
