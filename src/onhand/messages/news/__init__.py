"""News of orders: what became of an order since its customer was written to last, and what they were told of it.

One row an order, however much happens: what comes soon after something else is gathered into the same letter, and the
letter tells how things stand when it is written.

    rules.py    what is worth telling: no I/O
    actions.py  noted, told, forgotten
"""
