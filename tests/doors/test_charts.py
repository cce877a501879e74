"""What charts say beside their bars."""

from __future__ import annotations

from onhand.doors.web.charts import bars, line


def test_few_bars_have_their_label_below_them_and_many_only_some() -> None:
    few, many = bars("Sites", [("a", 1), ("b", 2)]), bars("Minutes", [(str(each), each) for each in range(60)])

    assert (few.spread, list(few.labels)) == (True, ["a", "b"])
    assert (many.spread, many.labels[0], many.labels[-1]) == (False, "0", "59")


def test_a_line_has_its_first_and_last_label_at_its_ends() -> None:
    assert not line("Days", [("a", 1), ("b", 2)]).spread
