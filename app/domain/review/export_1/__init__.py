"""Exports of reviews of schema 1. What they write for the same facts must never change by a byte.

A later schema gets a package of its own beside this one; a test compares this one's bytes with kept files.
"""
