"""What every room needs and none owns: the database, the writer, the event log, quantities, money, refusals.

A line belongs here when a pharmacy and a sawmill would need the very same one.
"""
