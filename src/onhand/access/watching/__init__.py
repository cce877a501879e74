"""Watching for misuse: what people and keys do that is unlike them, told as alerts with their evidence.

A follower of the event log feeds what happened, in order, to rules. The rules are pure: each knows what happened now,
what is remembered of whoever did it (``memory.py``), and figures an operator may set (``Policy``). Nobody outside is
asked for anything; where an address lies is known from a table an operator may bring, and from the sites' own networks.

An alert stands for one situation. What belongs to it is added to it; it is looked at, and closed with a note.
"""
