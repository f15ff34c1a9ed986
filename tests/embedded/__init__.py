"""Tests of the embedded PostgreSQL, with real servers and real processes."""
