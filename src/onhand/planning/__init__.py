"""What will be needed: how fast goods run, when they will run out, and when they can be there again.

rules.py    what follows from the figures: no I/O
queries.py  the figures, of many positions at once
actions.py  how long goods of a category take to be restocked
"""
