"""A customer's account: codes sent by e-mail, passkeys, sessions, and what customer and shop write to each other.

Whoever reads the letters of an address is the customer, and sees all orders of every customer who has that address.
A customer is no person who works here: sessions, cookies and passkeys of the two are kept apart, in tables and by name.
"""
