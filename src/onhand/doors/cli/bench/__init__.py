"""The benchmark: every figure of the house in one go, on one machine, load generator and database included.

Each row drives the real server through its real port and is set beside a floor taken in the same run: what the same
database does when nothing but SQL stands before it. At the end the books are checked, since a fast wrong answer is a
failure. ``docs/performance.md`` says what the rows mean and where the time goes.
"""
