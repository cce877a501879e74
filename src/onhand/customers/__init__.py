"""Customers: for whom. Few columns hold personal data, and they are all here."""
