"""What is sold: products and their SKUs, barcodes and packs, categories, prices, substitutes.

A *product* is what a customer sees; a *SKU* is one buyable variant of it and what stock is counted in, in its base
*unit*. A *barcode* names a SKU or a pack holding so many of its base units. A *price* holds from a moment until the
next price of the same SKU and currency begins. A *substitute* may be offered when a SKU has run out.
"""
