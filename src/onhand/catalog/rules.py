"""x"""

TRACKINGS = ("none", "lot", "serial")
PACK_LEVELS = ("each", "inner", "case", "pallet")
