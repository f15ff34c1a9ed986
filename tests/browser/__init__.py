"""Journeys of people through the pages, in a real browser, over a real server and the demo organization."""
