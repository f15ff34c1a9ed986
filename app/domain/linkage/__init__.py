"""The linkage checker: does each thing we do reach the strategy, is each part of it being done?

Graph questions, rules and the score live here; reading the graph from the database does not.
"""
