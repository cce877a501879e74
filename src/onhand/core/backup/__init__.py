"""Backups that can be trusted: taken while the shop works, encrypted before they are written, proven by restoring.

* ``ports``: what a store must be able to do; ``folder``: the store that is a folder
* ``cipher``: the key, and how a stream is sealed with it; ``vault``: a store and its key together
* ``manifests``: what a backup says of itself, signed
* ``replication``: PostgreSQL's replication protocol, in the few words we need of it
* ``base``: taking a backup, whole or of what changed; ``wal``: the log, archived while it is written
* ``verify``, ``prune``: looking after what is there; ``points``: moments with a name
* ``engine``, ``recovery``, ``restore``: making a database of it again; ``soundness``: what is looked at then
* ``records``: what of all this is on record in the event log

Words: a *chain* is a full backup and the increments built on it. The *reach* of the archive is the moment up to which
everything committed is in it.
"""
