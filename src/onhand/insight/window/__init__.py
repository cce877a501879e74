"""The shop window: what customers may know of what is sold, in the words of a shopkeeper; changes nothing.

    rules.py     what is said of how much is there: in stock, only so many left, back on a day, not to be had
    counter.py   which channel sells in the window, from which sites, and what those can offer
    goods.py     what is shown of goods: names, prices, variants, alternatives
    finding.py   goods by words and category

Nothing here says more than may be sold: of a well filled shelf only that it is well filled.
"""
