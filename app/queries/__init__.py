"""Every SELECT. Composes statements, decides nothing but visibility, never changes data."""
