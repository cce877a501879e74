"""What is told to whom: letters, by e-mail and text message, and the record of each.

A **letter** is made from a **template** and facts, in the transaction of what it tells about, and stands in the outbox
until it was delivered or given up; then it is the record. Its texts and addresses are sealed under the key of whoever
it is written to, and go when they are erased. A letter is asked for by a **key**: asked twice, it is sent once.

    rules.py      how a template is filled, when to try again: no I/O
    templates.py  the built-in texts (``letters/*.toml``) and those that somebody wrote in their place
    actions.py    letters posted, sent again; templates written
    outbox.py     letters taken up by the postman, settled, forgotten: set-based, in batches
    queries.py    the delivery record
    ports.py      what carries letters out of the house (``connect/mail`` and others)
"""
