"""Fault runs: our own processes killed, hung, raced and fed rubbish, bounded in time, on loopback only.

`python -m tests.faults` runs all of them in full; the test suite runs each in a short form. `broken.py`
starts the application broken on purpose, to show that a run fails where it must.
"""
