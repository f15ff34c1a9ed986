"""The alignment KPIs computed from records."""
