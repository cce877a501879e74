"""Which shelf goods stand on, told from their name: the last word that names a kind of goods decides.

"WHITE HANGING HEART T-LIGHT HOLDER" is a light, "LUNCH BAG RED RETROSPOT" a bag. The words are the commonest nouns of
the file; a name without any of them goes to "other".
"""

from __future__ import annotations

import re
from functools import lru_cache

OTHER = "other"

# Shelf by shelf: its code, what is written on it, and the words that lead to it, in the singular.
SHELVES = (
    ("bags", "Bags and purses", "BAG HANDBAG PURSE SHOPPER WASHBAG SATCHEL BACKPACK RUCKSACK WALLET"),
    ("boxes", "Boxes and storage", "BOX TIN JAR BASKET DRAWER CABINET STORAGE TIDY CHEST BIN SUITCASE TRUNK CRATE"),
    ("candles", "Candles and incense", "CANDLE CANDLESTICK INCENSE VOTIVE"),
    ("lights", "Lights and lanterns", "LIGHT LANTERN LAMP LAMPSHADE LIGHTBULB CHANDELIER TORCH"),
    ("jewellery", "Jewellery", "NECKLACE NECKL BRACELET EARRING RING BROOCH BANGLE CHARM PENDANT BEAD KEYRING"),
    ("hair", "Hair and beauty", "HAIR HAIRSLIDE HAIRBAND GRIP SLIDE COMB SOAP BALM SPONGE FLANNEL BATH"),
    (
        "table",
        "Tableware",
        """MUG BOWL CUP SAUCER PLATE TEAPOT CUTLERY JUG TRAY PLACEMAT COASTER NAPKIN BEAKER GLASS DISH TUMBLER GOBLET
        TEASPOON SPOON DOILEY DOILIES STRAW CAKESTAND FLASK""",
    ),
    (
        "kitchen",
        "Kitchen and baking",
        """KITCHEN CASE CAKE APRON SCALE CUTTER TEATOWEL TIMER JAM RECIPE BREAD EGG MOULD BAKING WHISK CHOPSTICK GRINDER
        BOTTLE OVEN""",
    ),
    (
        "paper",
        "Paper, cards and writing",
        """CARD WRAP PAPER NOTEBOOK STICKER ENVELOPE TAG TAPE TISSUE PENCIL PEN BOOK STAMP LETTER CALENDAR ALBUM ERASER
        PATCHES RULER SHARPENER JOURNAL SCISSOR MAGNET PASSPORT""",
    ),
    ("party", "Party", "PARTY BUNTING BALLOON RIBBON GARLAND CONE PICK CONFETTI HAT"),
    (
        "christmas",
        "Christmas and Easter",
        "CHRISTMAS XMAS EASTER ADVENT BAUBLE WREATH STOCKING REINDEER SANTA SNOWFLAKE",
    ),
    ("decorations", "Decorations", "DECORATION HEART STAR BELL ORNAMENT BUTTERFLY BIRD CRYSTAL WINDMILL TREE ANGEL"),
    ("walls", "Signs, frames, mirrors and clocks", "SIGN MIRROR CLOCK FRAME TILE HOOK PICTURE POSTER ART THERMOMETER"),
    (
        "textiles",
        "Cushions, covers and textiles",
        "CUSHION COVER BLANKET TOWEL RUG QUILT CURTAIN PAD THROW FABRIC SOCK",
    ),
    ("warm", "Warmers and clothes", "WARMER SLIPPER SCARF GLOVE HOTTIE UMBRELLA PONCHO PARASOL SHAWL RAINCOAT"),
    (
        "toys",
        "Toys, games and crafts",
        """TOY JIGSAW GAME DOLL PUPPET TEDDY SKITTLE DOMINOES KIT FELTCRAFT BALL ROBOT HELICOPTER SNAP LUDO PUZZLE YOYO
        MARBLE CHALK KALEIDOSCOPE RABBIT SOLDIER BABUSHKA CARS PLANE KITE""",
    ),
    (
        "garden",
        "Garden and flowers",
        "GARDEN POT PLANTER WATERING SPADE FORK BIRDHOUSE FEEDER SEED FLOWER ROSE TROWEL TULIP VASE TWINE CANE NESTING",
    ),
    ("home", "Household", "DOORMAT DOORSTOP RACK HANGER STAND KNOB DOORBELL MAT STOOL TABLE CHAIR"),
)

_SHELF_OF = {word: code for code, _, words in SHELVES for word in words.split()}


@lru_cache(4096)
def category_of(name: str) -> str:
    """The code of the shelf for a name; plurals in -s and -es count as the singular."""
    for word in reversed(re.findall(r"[A-Z]+", name.upper())):
        for noun in (word, word.removesuffix("S"), word.removesuffix("ES")):
            if noun in _SHELF_OF:
                return _SHELF_OF[noun]
    return OTHER
