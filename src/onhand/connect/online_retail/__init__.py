"""Ten months of a real shop: every line of every invoice of a British gift seller (UCI Online Retail).

Words of this folder. A *row* is one line of the file. Rows with one number are an *invoice*; with a C before the
number, a *reversal*. A row that cannot be read for certain is *set aside* with its reason, never guessed. The *shop* is
what the file tells about assortment, customers and demand; a *happening* is a command of the shop and its moment.

    source     the file, ours or another, as lines of text
    reading    lines into rows
    invoices   rows into invoices and reversals
    shop       invoices into sites, products, customers and opening stock
    replay     invoices into the shop's commands, in order of time

The file knows what was sold and taken back, not how. What we add by rule (channels, sites, shipping days, supplies) is
said at each rule; nothing is left to chance, so the same file always tells the same story.
"""
