"""Tests of reading pushed engagement scores."""
