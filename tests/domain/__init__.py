"""The pure room: tables of cases and properties; no database, no event loop, no clock."""
