"""Webhooks out: what happened is posted to whoever asked for it, signed, until he says he has it.

An **endpoint** is an address and what it wants to hear. A follower of the event log writes a **delivery** for each
event and endpoint that wants it (the outbox); the courier posts them and writes down what came of it. Signatures,
headers and retries are those of Standard Webhooks, so any of its libraries verifies them.

At least once: a delivery whose answer was lost is posted again under the same ``webhook-id``. In order: of one subject
(an order, a site) an endpoint gets one event at a time, and the next only when that one is settled. Nobody waits for
another: each endpoint has its own few connections, and one that fails is only probed until it answers again. What no
retry could deliver is a **dead letter**: kept, listed, and replayed when asked.

    rules.py     when to try again, how to sign, which addresses may be called: no I/O
    actions.py   endpoints made, changed, given new secrets; pings and replays
    outbox.py    deliveries written, taken up, settled: set-based, in batches
    sending.py   one post, to an address that was checked, with bounds on everything
    courier.py   the thread that does it
"""
