"""The JSON door: translates HTTP to actions and queries, and back."""
