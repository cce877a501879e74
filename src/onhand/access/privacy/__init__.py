"""Privacy: what is known of people, kept so that it can be found, shown and forgotten.

* A **subject** is somebody known to the shop: ``customer/C77``, a guest's order ``order/<id>``, ``person/ana``.
* Each subject has a **key** of their own; what is known of them is **sealed** with it (``vault.py``). Keys are wrapped
  by a **master key** that is never in the database (``masters.py``) and can be changed while all goes on
  (``rotating.py``).
* A **mark** finds sealed text without opening it (``marks.py``).
* The **registry** lists every column that is about people, whose it is, why it is kept and for how long
  (``registry.py``); rooms declare theirs in their ``personal.py``.
* What is held can be exported (``exporting.py``) and **erased** (``erasing.py``); a **tombstone** outside the database
  remembers an erasure, so that it can be done again after a restore (``tombstones.py``).
* **Consent** is given and withdrawn, purpose by purpose (``consent.py``).
"""
