"""The pure room: tables of cases and properties; no database, no event loop, no clock."""

from hypothesis import settings

# A deadline per example measures how busy the machine is, not the code; each test has its own limit.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
