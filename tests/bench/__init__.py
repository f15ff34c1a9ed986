"""Speed as ratios: each bench measures the application and its floor in one run and prints JSON lines."""
