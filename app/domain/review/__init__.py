"""The monthly alignment review: what it shows, how that is put together, written down and compared."""
