"""Every change: one verb-function each, called by both doors and the command line. Never commits."""
