"""Notifications on people's devices: handed to the push service of each browser, which cannot read them.

A browser that shows notifications gives a **subscription**: where its maker's push service takes messages for it (RFC
8030), and the keys by which they are sealed for it alone (RFC 8291, in the coding of RFC 8188). With each message the
shop shows who it is by a token signed with its own key (VAPID, RFC 8292), the public half of which the browser was
subscribed with.

    subscriptions.py  what a browser gives, read and checked
    sealing.py        a message sealed for a subscription
    vapid.py          the shop's key, made once and kept sealed; the token
    carrying.py       letters taken to push services, and what they say to each
"""
