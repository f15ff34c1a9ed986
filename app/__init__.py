"""Coxswain."""
