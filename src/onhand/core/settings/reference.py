"""The settings' page in the manual."""

from __future__ import annotations

from onhand.core.settings.table import SETTINGS


def as_markdown() -> str:
    """The reference page of the manual."""
    rows = [
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.meaning} |"
        for each in SETTINGS.values()
    ]
    return "\n".join([_HEAD, *rows, _FOOT])


_HEAD = """\
# Settings

All settings come from the environment. One that is unknown, malformed or out of range stops the start with a sentence
that says which and why. This page is written by `onhand settings --markdown`; `onhand settings` shows what holds now.

| name | without it | meaning |
| --- | --- | --- |"""
_FOOT = """\

* The embedded database's folder follows `XDG_DATA_HOME` where that is set.
* With several serving processes, `ONHAND_QUEUE`, `ONHAND_PATIENCE` and `ONHAND_READERS` hold for each of them. Each
  opens `ONHAND_READERS` + 16 connections at most: its writer, its readers, two for health and metrics, six for pages,
  two for who listens live, two for webhooks, three for
  letters, alerts and news of orders. While files are made or sheets taken in it opens up to four more.
* `ONHAND_TLS_CERTIFICATE` and `ONHAND_TLS_KEY` go together. `onhand doctor` says what a production start would refuse.
* `ONHAND_SECRET` must be set, to the same text everywhere, when more than one machine serves the pages.
"""
