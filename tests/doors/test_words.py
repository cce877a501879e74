"""Onhand speaks English, Spanish and Portuguese: every sentence, in the trade's words, numbers and days as written."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from doors.people import fill, read, sign_in, toast
from doors.sentences import bare_in_python, bare_in_template
from onhand.access.models import SavedView
from onhand.doors.web.wording import difference, figure, money, quantity
from onhand.messages.templates import built_in
from shop import Shop

ROOT = Path(__file__).parents[2]
WEB = ROOT / "src/onhand/doors/web"
LOCALES = ("es", "pt_BR")
LANGUAGES = ("es", "pt-br")


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("words", ROOT / "scripts/words.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


words = _script()


@pytest.mark.parametrize("locale", LOCALES)
def test_no_sentence_is_without_its_translation(locale: str) -> None:
    assert words.lacking(locale) == []


@pytest.mark.parametrize("locale", LOCALES)
def test_the_catalogues_hold_what_the_sources_say_and_nothing_else(locale: str) -> None:
    assert _file(locale, "po").read_bytes() == words.written(locale), "run: python scripts/words.py"


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_read_when_running_is_what_translators_wrote(locale: str) -> None:
    assert _file(locale, "mo").read_bytes() == words.compiled(locale), "run: python scripts/words.py"


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_leaves_the_same_places_open_as_its_sentence(locale: str) -> None:
    wrong = [
        (said, sources)
        for sources, translations in _pairs(locale)
        for said in translations
        if _open(said) not in [_open(source) for source in sources]
    ]

    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_ends_as_its_sentence_does(locale: str) -> None:
    wrong = [
        (said, sources)
        for sources, translations in _pairs(locale)
        for said in translations
        if _end(said) != _end(sources[0]) or said != said.strip()
    ]

    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_use_the_words_that_the_table_of_terms_gives(locale: str) -> None:
    catalog = words.translated(locale)
    terms = {row[0].casefold(): row[1 + LOCALES.index(locale)].casefold() for row in _terms()}

    said = {
        str(message.id): str(message.string)
        for message in catalog
        if isinstance(message.id, str) and message.id.casefold() in terms
    }

    assert len(terms) > 40
    assert len(said) > 30
    assert {
        word: each for word, each in said.items() if each.casefold() not in terms[word.casefold()].split(", ")
    } == {}


# Words that are said to a friend and mean nothing else.
FAMILIAR = {
    "es": r"t[uú]s?|te|ti|contigo|tuy[oa]s?|vuestr[oa]s?|eres|estás|has|haz|puedes|quieres|tienes|inténtalo|\w+dme",
    "pt_BR": r"tus?|te|ti|contigo|teus?|tuas?|voss[oa]s?|és|estás|podes|queres|tens",
}


@pytest.mark.parametrize("locale", LOCALES)
def test_readers_are_spoken_to_politely(locale: str) -> None:
    familiar = re.compile(rf"(?i)\b(?:{FAMILIAR[locale]})\b")
    said = [*(each for _, translations in _pairs(locale) for each in translations), *_letters(locale)]

    assert [each for each in said if familiar.search(each)] == []


@pytest.mark.parametrize("template", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_template_says_anything_that_is_not_translated(template: Path) -> None:
    assert bare_in_template(template.read_text()) == []


@pytest.mark.parametrize("template", sorted((WEB / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_no_template_writes_the_number_of_a_row_with_a_point_after_its_thousands(template: Path) -> None:
    assert re.findall(r"\{\{ \w+(?:\.\w+)*\.(?:id|pk) \}\}", template.read_text().replace("attrs.id", "")) == []


@pytest.mark.parametrize("module", sorted(WEB.rglob("*.py")), ids=lambda path: str(path.relative_to(WEB)))
def test_no_form_act_or_screen_says_anything_that_is_not_translated(module: Path) -> None:
    assert bare_in_python(module.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<p>{% if x %}{% translate "Yes" %}{% else %}No{% endif %}</p>',
        '<input placeholder="Name">',
        '<button aria-label="Close {{ name }}"></button>',
        '<input type="submit" value="Go">',
        '{% include "parts/empty.html" with title="No rows" %}',
        '{% icon "x" "Close" %}',
        '<p>{{ name|default:"nobody" }}</p>',
        "<code>onhand</code> runs",
    ],
)
def test_bare_words_in_a_template_are_found(source: str) -> None:
    assert len(bare_in_template(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<h1>{% translate "Stock" %} · Onhand</h1><kbd>Ctrl K</kbd>',
        "<p>{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}</p>",
        '<input aria-label="{% translate \'Search\' %}" value="UTC">',
        '{% include "parts/empty.html" with picture="boxes" title=_("No rows") %}{% icon "x" _("Close") %}',
        "{# a remark #}{% comment %}another{% endcomment %}<a href=\"{% url 'stock' %}\">→ 1,5</a>",
    ],
)
def test_what_is_translated_or_needs_no_translation_is_left_alone(source: str) -> None:
    assert bare_in_template(source) == []


@pytest.mark.parametrize(
    "source",
    [
        'CharField(label="Why")',
        'Act(title=f"Order {number}")',
        'form.add_error(None, "Too many")',
        'Act(done=lambda filled: "Saved %(name)s" % filled)',
        'Place("stock", "Stock", "boxes")',
    ],
)
def test_bare_words_in_python_are_found(source: str) -> None:
    assert len(bare_in_python(source)) == 1


@pytest.fixture
def ana(browser: Client, shop: Shop) -> Client:
    shop.stock("mug", 1200)
    shop.do(shop.order(("mug", 5)))
    return sign_in(browser, shop)


# Every page, and a word of its heading in Spanish and Portuguese.
PAGES = {
    "/": ("a quién está prometida", "a quem está prometida"),
    "/how-to/": ("Guías", "Guias"),
    "/home": ("Hoy", "Hoje"),
    "/overview": ("Resumen", "Visão geral"),
    "/overview/now": ("Pedidos en cada uno", "Pedidos em cada um"),
    "/overview/best": ("Lo más vendido", "Mais vendidos"),
    "/overview/sold": ("Pedido", "Pedido"),
    "/overview/waiting": ("menos de un día", "menos de um dia"),
    "/overview/categories": ("sin categoría", "sem categoria"),
    "/stock": ("Existencias", "Estoque"),
    "/orders": ("Pedidos", "Pedidos"),
    "/products": ("Productos", "Produtos"),
    "/waiting": ("Nadie espera", "Ninguém espera"),
    "/reservations": ("Reservas", "Reservas"),
    "/moves": ("Movimientos", "Movimentações"),
    "/sites": ("Centros", "Locais"),
    "/locations": ("Ubicaciones", "Posições"),
    "/imports": ("Importar una hoja", "Importar uma planilha"),
    "/webhooks": ("Enviar eventos a una dirección", "Enviar eventos a um endereço"),
    "/privacy": ("Buscar a alguien", "Procurar alguém"),
    "/privacy/record": ("Qué se guarda, y por qué", "O que se guarda, e por quê"),
    "/webhooks/make": ("Tipos de eventos", "Tipos de eventos"),
    "/goods/mug": ("En cada centro", "Em cada local"),
    "/goods/mug/price": ("Precio de mug", "Preço de mug"),
    "/stock/mug/at/london/receive": ("Recibir mercancía", "Receber mercadoria"),
    "/orders/of/web/N1": ("Por qué este centro y no otro", "Por que este local e não outro"),
    "/orders/web/N1/step/hold": ("Retener · N1", "Reter · N1"),
    "/design": ("De qué están hechas las pantallas", "Do que são feitas as telas"),
    "/account/password/change/": ("Cambiar la contraseña", "Alterar senha"),
    "/account/2fa/": ("Segundo factor", "Segundo fator"),
}

# What the shop calls its own is not translated: places, and columns of tables.
CODES_OF_LOCATIONS = {"receiving", "packing", "shipping", "quarantine", "damaged"} | {"code", "name", "password"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_headed_in_the_readers_language_and_leaves_no_sentence_in_english(
    ana: Client, language: str
) -> None:
    ana.post("/prefer", {"language": language})
    english = _sentences_unlike_english(language)

    for path, headings in PAGES.items():
        page = ana.get(path).content.decode()
        said = {each.strip() for each in re.split(r"<[^>]*>", page)} | set(
            re.findall(r'(?:aria-label|title)="([^"]+)"', page)
        )

        assert headings[LANGUAGES.index(language)] in " ".join(said), path
        assert said & english <= CODES_OF_LOCATIONS, path


@pytest.mark.parametrize(
    ("language", "heading", "name"), [("es", "Iniciar sesión", "Usuario"), ("pt-br", "Entrar", "Nome de usuário")]
)
def test_who_has_not_signed_in_is_spoken_to_as_the_browser_asks(
    browser: Client, language: str, heading: str, name: str
) -> None:
    page = browser.get("/account/login/", headers={"Accept-Language": language}).content.decode()

    assert f"<h1>{heading}</h1>" in page
    assert name in page


@pytest.mark.parametrize(
    ("language", "many", "day"),
    [("es", "1\xa0200", "2 mar 2026"), ("pt-br", "1.200", "2 mar 2026"), ("en", "1,200", "2 Mar 2026")],
)
def test_quantities_and_days_are_written_as_the_language_writes_them(
    ana: Client, language: str, many: str, day: str
) -> None:
    ana.post("/prefer", {"language": language})

    assert many in ana.get("/stock").content.decode()
    assert day in read(ana, "/orders/of/web/N1")
    assert day in read(ana, "/orders")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ("1,234.5", "5.20", "+0.5", "-2")),
        ("es", ("1\xa0234,5", "5,20", "+0,5", "-2")),
        ("pt-br", ("1.234,5", "5,20", "+0,5", "-2")),
    ],
)
def test_decimals_follow_the_languages_sign(language: str, written: tuple[str, ...]) -> None:
    with translation.override(language):
        said = (
            quantity(Decimal("1234.500")),
            figure(Decimal("5.20")),
            difference(Decimal("0.5")),
            difference(Decimal(-2)),
        )

    assert said == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", ("4.50 GBP", "1,200 JPY", "0.0125 EUR", "–")),
        ("pt-br", ("4,50 GBP", "1.200 JPY", "0,0125 EUR", "–")),
    ],
)
def test_a_price_has_the_decimals_of_its_currency_or_its_own(language: str, written: tuple[str, ...]) -> None:
    with translation.override(language):
        said = (
            money(Decimal("4.5000"), "GBP"),
            money(Decimal("1200.0000"), "JPY"),
            money(Decimal("0.0125"), "EUR"),
            money(None, "EUR"),
        )

    assert said == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_reads_numbers_as_it_writes_them(ana: Client, language: str) -> None:
    ana.post("/prefer", {"language": language})

    assert 'value="0,125"' in ana.get("/stock/mug/at/london/threshold?was=0.125").content.decode()
    done = fill(ana, "/goods/mug/price", amount="5,25", currency="EUR")
    assert "5,25 EUR" in toast(done)["words"]


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_a_kept_view_of_a_large_number_is_forgotten_in_every_language(ana: Client, language: str) -> None:
    ana.post("/stock/keep", {"view": "", "name": "Mine"})
    SavedView.objects.update(id=12345)
    ana.post("/prefer", {"language": language})

    (key,) = re.findall(r'name="forget" value="([^"]+)"', ana.get("/stock").content.decode())
    ana.post("/stock/keep", {"view": "", "forget": key})

    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("language", "typed"), [("en", "store, warehouse"), ("es", "Tienda, almacén"), ("pt-br", "loja, depósito")]
)
def test_a_filter_understands_the_words_that_the_list_shows(ana: Client, language: str, typed: str) -> None:
    ana.post("/prefer", {"language": language})

    kinds = ana.get("/sites/narrow", {"column": "kind", "operator": "in", "value": typed})["Location"]
    active = ana.get(
        "/sites/narrow",
        {"column": "active", "operator": "is", "value": {"es": "sí", "pt-br": "Sim"}.get(language, "yes")},
    )

    assert kinds == "/sites?kind=in:store,warehouse"
    assert active["Location"] == "/sites?active=yes"
    assert "london" in read(ana, kinds)


def test_what_the_ledger_and_the_catalogue_name_by_codes_has_words(ana: Client) -> None:
    ana.post("/prefer", {"language": "es"})

    assert "recepción" in read(ana, "/moves")
    assert ana.get("/moves/narrow", {"column": "reason", "operator": "is", "value": "Venta"})["Location"] == (
        "/moves?reason=sale"
    )
    assert "Unidad de medida unidad" in read(ana, "/goods/mug")
    assert "unidad" in read(ana, "/products?columns=sku,unit")


def test_a_refusal_is_told_in_the_readers_language(ana: Client) -> None:
    ana.post("/prefer", {"language": "es"})

    assert "Esta vista no se puede mostrar" in read(ana, "/stock?colour=red", status=422)
    assert "Aquí no hay nada" in read(ana, "/goods/unicorn", status=404)
    answer = fill(ana, "/goods/mug/edit", name="Mug", category="kitchen", active="on")
    assert "Ninguna categoría tiene este código." in answer.content.decode()


def _file(locale: str, ending: str) -> Path:
    return WEB / "locale" / locale / "LC_MESSAGES" / f"django.{ending}"


def _pairs(locale: str) -> Iterator[tuple[list[str], list[str]]]:
    """Sentences, one or singular and plural, and all their translations."""
    for message in words.translated(locale):
        if message.id:
            yield _each(message.id), _each(message.string)


def _letters(locale: str) -> Iterator[str]:
    """What letters say, with what they tell of as an example."""
    language = locale.replace("_", "-").lower()
    for letter in built_in().values():
        texts = letter.texts[language]
        yield from (texts.subject, texts.text, texts.short, *letter.example(language).values())


def _each(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _open(sentence: str) -> list[str]:
    """What is put in when it is said, or stands as it is in every language."""
    return sorted(re.findall(r"%\(\w+\)[sd]|%%\w|\{\w+\}|`[^`]+`|\{|%", sentence))


def _end(sentence: str) -> str:
    return sentence[-1] if sentence[-1] in ".:?!" else ""


def _terms() -> list[list[str]]:
    table = (ROOT / "docs/terms.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line.startswith("|")]
    return rows[2:]


def _sentences_unlike_english(language: str) -> set[str]:
    """Sentences that the language says otherwise; one that still stands on a page was not translated there."""
    catalog = words.translated(translation.to_locale(language))
    return {
        each for message in catalog if message.id for each in _each(message.id) if each not in _each(message.string)
    }
