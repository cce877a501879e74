"""Whether it is safe to be put before strangers: what a production start refuses, all of it at once.

``rules.py`` decides from what is known and knows neither network nor disk; ``looking.py`` finds out.
"""
