"""Alerts: situations that somebody should act upon, one for each kind, SKU and site, and who hears of them.

An alert is opened and closed by what happens; people acknowledge it, or put it off. Who hears is told at once, or once
a day, never in quiet hours; what comes soon after a letter is gathered into the next one, so that a bad hour is one
letter and not a thousand. Where nobody acts within so long somebody else is told.

    rules.py        when somebody is told: no I/O
    actions.py      opened, closed, acknowledged, put off, handed up
    rounds.py       who is to be told when, and of what
    preferences.py  how people want to hear
    devices.py      browsers that show alerts, and whose they are
"""
