"""Sales to test with. Rows are of UCI Online Retail (D. Chen, S. L. Sain, K. Guo 2012; CC BY 4.0), some changed."""

from __future__ import annotations

from decimal import Decimal

from onhand.connect.online_retail.invoices import Invoice, invoices
from onhand.connect.online_retail.reading import COLUMNS, Asides, Reason, SaleRow, rows
from onhand.connect.online_retail.replay import replay
from onhand.connect.online_retail.shop import Shop, survey
from onhand.connect.online_retail.timetable import Happening
from onhand.flows.commands import AdvanceOrder

HEADING = ",".join(COLUMNS)

# Wednesday, 1 December 2010.
HEARTS = "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"
LANTERNS = "536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom"
CLOCKS = "536370,22728,ALARM CLOCK BAKELIKE PINK,24,2010-12-01 08:45:00,3.75,12583,France"
POTS = "536537,22798,ANTIQUE GLASS DRESSING TABLE POT,8,2010-12-01 13:51:00,2.95,15922,United Kingdom"
POTS_BACK = "C536737,22798,ANTIQUE GLASS DRESSING TABLE POT,-2,2010-12-02 13:05:00,2.95,15922,United Kingdom"


def lines(*told: str) -> list[str]:
    """A file of these rows."""
    return [HEADING + "\n", *(row + "\n" for row in told)]


def read(*told: str, asides: Asides | None = None, weeks_later: int = 0) -> list[SaleRow]:
    """The rows that can be used."""
    return list(rows(lines(*told), asides or Asides(), weeks_later=weeks_later))


def set_aside(*told: str) -> dict[Reason, int]:
    """Why rows were set aside, and how many, up to their invoices."""
    asides = Asides()
    list(invoices(rows(lines(*told), asides), asides))
    return dict(asides.counts)


def grouped(*told: str) -> list[Invoice]:
    """The invoices of these rows."""
    asides = Asides()
    return list(invoices(rows(lines(*told), asides), asides))


def shop_of(*told: str) -> Shop:
    """The shop that made these sales."""
    return survey(grouped(*told))


def played(*told: str, asides: Asides | None = None) -> list[Happening]:
    """What happened, in a shop that has all that these rows sell."""
    sold = [row for row in told if not row.startswith("C")]
    return list(replay(grouped(*told), shop_of(*sold), asides=asides))


def named(happening: Happening) -> str:
    """A happening in a word."""
    command = happening.command
    return command.step if isinstance(command, AdvanceOrder) else type(command).__name__


def steps(happenings: list[Happening], number: str) -> list[str]:
    """What became of one order, in words."""
    return [named(each) for each in happenings if getattr(each.command, "number", None) == number]


def pieces(quantity: int) -> Decimal:
    """So many pieces, as commands count them."""
    return Decimal(quantity)
