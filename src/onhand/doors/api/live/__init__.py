"""The live stream: ``GET /live`` tells a browser or a program what changes, as Server-Sent Events, while it happens.

One relay a process reads the event log, woken by NOTIFY, in batches; it looks up in memory who listens to what, so an
event costs the same however many listen to other things. Each listener has a bounded queue and a task of its own: who
reads slowly is told to read again (``lagged``) and delays nobody.

    topics.py     what can be listened to, and who may
    visitors.py   who it is that listens
    audience.py   who listens to what; a listener and what waits for him
    messages.py   events and figures as they go over the wire
    relay.py      the thread that reads the log
    catching_up.py  what a listener missed since he was last here
    stream.py     the route

Every message carries an ``id``: a place in the log, the same kind of cursor that ``/api/v1/events`` gives out. A
browser sends the last one back by itself (``Last-Event-ID``); a program may send it as ``after``. Between the place and
the present nothing is missed and nothing told twice, however late a transaction commits (``core/events.py`` says why).
"""
