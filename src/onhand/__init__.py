"""Onhand: one real-time truth about every unit of stock a retailer owns, and every promise made on it."""

__version__ = "0.1.0"
