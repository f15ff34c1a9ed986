"""The demo organization: four YAML files (content) and `plan.py` (their reader).

No database, no clock and no action here: loading the plan belongs to the command that does it.
"""
