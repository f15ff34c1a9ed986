"""The pure room: values in, values out.

No database, no clock, no framework, no files: what lives here could be checked with pencil and
paper. Today, the tree and the thresholds arrive as arguments; whoever calls does the reading.
"""
