"""Sheets that come in, and what is wrong with their rows in words."""
