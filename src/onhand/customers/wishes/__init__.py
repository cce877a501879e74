"""Wishes: addresses left with goods that are not there, to be told once when they are back, and then forgotten."""
