"""The shop's verbs: each file is one thing that can be done, across all the rooms it touches.

A flow is a function ``(db, asks, now) -> answers``: it takes a batch and returns one answer for each ask, in order,
either the outcome or a refusal. It loads, decides in plain Python, writes set by set, and leaves the commit to
whoever called it.
"""
