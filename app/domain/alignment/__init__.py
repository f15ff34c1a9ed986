"""Where does the strategy get lost? Facts about who ranks priorities alike, and whether the plan follows.

Rows come in (`rows`), facts go out (`facts`), each with one sentence. The modules that need numpy run in a
process of their own (`app.measuring`); `rows` and `facts` are safe to load anywhere.
"""
