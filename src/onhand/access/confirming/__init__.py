"""Acts that can do harm are confirmed by whoever does them, or approved by a second person.

Words of this room. A *deed* is what somebody is about to do, exactly: who, what, with what there is now, and when they
were shown it. It is *sealed*, so that what comes back is what was shown; a *factor* proved with it makes it a
*confirmation*, which is good for that very deed, for five minutes, and once. A *limit* says from which quantity or
value an act of a kind is *high* (it must be confirmed), and above which a *second* person must approve it. What waits
for them is a *request*: the command as it was asked, kept until it is *approved*, *declined* or too old.

    rules     deeds and limits: pure
    deeds     confirmations, each used once
    limits    what is set for each kind of act
    requests  what waits for a second person
"""
