"""Goods: a SKU's page, what people do with stock, what they say is coming, prices and names."""
