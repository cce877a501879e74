"""Orders: what was promised to whom.

Words of this room. An *order* has *lines*; of each line's *ordered* quantity some is *reserved*, some *backordered*,
some *shipped*, some *cancelled*, and nothing is left over. What was shipped may be *returned*. An order's *state* is
derived from its lines and from what was done with it (confirmed, held, picked, packed, delivered).
"""
