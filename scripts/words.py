"""Gather every translatable sentence into the catalogues, and compile them: ``python scripts/words.py``.

Translations already made are kept; sentences that are new come in empty, and ``make check``'s tests fail until somebody
translates them. ``--check`` changes nothing and says what is missing.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages import Catalog, extract, mofile, pofile

ROOT = Path(__file__).parent.parent
WEB = ROOT / "src/onhand/doors/web"
LOCALES = ("es", "pt_BR")
KEYWORDS = {
    **extract.DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "_": None,
    "noop": None,
}
# Every moment would be a change of its own.
AGES_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def catalogue() -> Catalog:
    """Every sentence of the pages, with where it stands."""
    found = Catalog(domain="django", project="Onhand", fuzzy=False, creation_date=AGES_AGO)
    for place, message, context in _sentences():
        found.add(message, locations=[(place, 0)], context=context)
    return found


def _sentences() -> Iterator[tuple[str, Any, str | None]]:
    for path in sorted(WEB.rglob("*.py")):
        yield from _in_python(path, path.read_bytes())
    for path in sorted((WEB / "templates").rglob("*.html")):
        yield from _in_python(path, _as_python(path))
    yield from _of_other_rooms()


def _of_other_rooms() -> Iterator[tuple[str, str, str | None]]:
    """What pages say in the words of rooms that know no languages."""
    from onhand.catalog.rules import UNITS
    from onhand.connect.sheets.sentences import SENTENCES
    from onhand.connect.sheets.trades import TRADES
    from onhand.doors.api.codes import CODES

    for code in CODES.values():
        yield "src/onhand/doors/api/codes.py", code.meaning, None
    for unit in UNITS.values():
        yield "src/onhand/catalog/rules.py", unit.name, "a unit of measure"
    for trade in TRADES.values():
        for field in trade.fields:
            yield "src/onhand/connect/sheets/trades.py", field.meaning, None
    yield from _of_the_registry()
    for sentence in SENTENCES:
        yield "src/onhand/connect/sheets/sentences.py", sentence, None


def _of_the_registry() -> Iterator[tuple[str, str, str | None]]:
    """What the registry of personal data says of each table and column."""
    from onhand.access.privacy.registry import elsewhere, holdings

    place = "src/onhand/access/privacy/registry.py"
    sentences = [(each.purpose, each.kept) for each in holdings()]
    sentences += [(each.purpose, each.kept) for each in elsewhere()]
    for sentence in (text for both in sentences for text in both):
        yield place, sentence, None
    for column in (column for each in holdings() for column in each.columns if column.stays):
        yield place, column.stays, None


def _in_python(path: Path, source: bytes) -> Iterator[tuple[str, Any, str | None]]:
    place = str(path.relative_to(ROOT))
    for _, message, _, context in extract.extract("python", io.BytesIO(source), KEYWORDS):
        yield place, message, context


def _as_python(path: Path) -> bytes:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onhand.doors.web.settings")
    import django
    from django.utils.translation.template import templatize

    django.setup()
    # What is no sentence becomes letters and blanks, whose indentation means nothing.
    lines = templatize(path.read_text(), origin=str(path)).splitlines()
    return "\n".join(line.lstrip() for line in lines).encode()


def translated(locale: str) -> Catalog:
    """The catalogue of a language as it lies in the package."""
    path = _path(locale)
    if not path.exists():
        return Catalog(locale=locale, domain="django", project="Onhand", fuzzy=False, creation_date=AGES_AGO)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=locale, domain="django")


def lacking(locale: str) -> list[str]:
    """What the language lacks: sentences not in it, not translated, or only guessed."""
    have = translated(locale)
    return [
        _text(message) for message in catalogue() if message.id and not _whole(have.get(message.id, message.context))
    ]


def _whole(message: Any) -> bool:
    if message is None or message.fuzzy or not message.string:
        return False
    return all(message.string) if isinstance(message.string, (tuple, list)) else True


def _text(message: Any) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _path(locale: str, ending: str = "po") -> Path:
    return WEB / "locale" / locale / "LC_MESSAGES" / f"django.{ending}"


def written(locale: str) -> bytes:
    """The catalogue as its file holds it, in step with the sources: what is new empty, what is gone left out."""
    catalog = translated(locale)
    catalog.update(catalogue(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = f"# Onhand in {Locale.parse(locale).english_name}: see scripts/words.py and docs/terms.md."
    file = io.BytesIO()
    pofile.write_po(file, catalog, width=120, no_location=True, sort_output=True, omit_header=False)
    return file.getvalue()


def write(locale: str) -> None:
    """Bring a language's catalogue up to date and compile it."""
    path = _path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(locale))
    _path(locale, "mo").write_bytes(compiled(locale))


def compiled(locale: str) -> bytes:
    """The catalogue as gettext reads it."""
    file = io.BytesIO()
    mofile.write_mo(file, translated(locale))
    return file.getvalue()


def main() -> None:
    """All languages."""
    check = "--check" in sys.argv
    for locale in LOCALES:
        if not check:
            write(locale)
        lack = lacking(locale)
        sys.stdout.write(f"{locale}: {len(lack)} sentences to translate\n" + "".join(f"  {each}\n" for each in lack))


if __name__ == "__main__":
    main()
