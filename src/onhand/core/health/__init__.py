"""How the house fares: a sample each minute of each process, incidents, and how soon somebody came to them.

A sample says in which of the minute's seconds the process could serve, and by door how many requests there were, how
many failed, how long they took. A minute without a sample is one in which nobody served: so nothing that keeps the
house from working keeps it from being known. Minutes are summed up into hours, which are kept for longer.
"""
