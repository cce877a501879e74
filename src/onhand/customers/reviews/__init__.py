"""What customers think of what they bought: reviews of products, shown once somebody of the house let them, and scores.

An order is asked about once, some days after it was delivered, by a link nobody can guess. A review is of one line; for
thirty days its writer may change it.
"""
