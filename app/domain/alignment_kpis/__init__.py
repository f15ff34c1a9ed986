"""The alignment KPIs computed from records: rows in, figures out, for one period and every place.

`rows` are the records as they come in, `figures` what is said of them. Nothing here reads or stores, and
engagement is fed, not computed.
"""
