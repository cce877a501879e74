"""What programs read of the window: which addresses there are, and which of them are worth a search engine's time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from onhand.doors.web.gates import public
from onhand.doors.web.house import reading
from onhand.doors.web.shop import sign
from onhand.insight.window import finding

# New goods are found within the hour; of stock nothing is said here.
_KEPT = "public, max-age=3600"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The window is for everybody, the rest of the house for those who work in it."""
    lines = ["User-agent: *", "Allow: /shop", "Allow: /static/", "Disallow: /shop/*basket", "Disallow: /shop/*order/"]
    lines += ["Disallow: /", "", f"Sitemap: {settings.ADDRESS}{reverse('shop.sitemaps')}", ""]
    return _kept(HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"))


@public
@require_safe
def sitemaps(request: HttpRequest) -> HttpResponse:
    """The list of maps, each of some thousand addresses."""
    with reading() as db:
        starts = finding.first_skus(db) if sign.open_counter(db) else []
    place = settings.ADDRESS + reverse("shop.sitemap")
    maps = "".join(f"<sitemap><loc>{place}?after={quote(start, safe='')}</loc></sitemap>\n" for start in starts)
    return _xml(f'<sitemapindex xmlns="{_SPACE}">\n{maps}</sitemapindex>\n')


@public
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """One of the maps: goods in the order of their SKUs, in every language."""
    after = request.GET.get("after", "").replace("\x00", "")[:64]
    with reading() as db:
        skus = finding.every_sku(db, after) if sign.open_counter(db) else []
    pages = [*([("shop.home", {})] if not after else []), *(("shop.goods", {"sku": sku}) for sku in skus)]
    body = "".join(each for name, facts in pages for each in _page(name, facts))
    spaces = f'xmlns="{_SPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return _xml(f"<urlset {spaces}>\n{body}</urlset>\n")


def _page(name: str, facts: dict[str, str]) -> Iterator[str]:
    """A page in each language, and where it is in the others."""
    places = [
        (code, escape(settings.ADDRESS + reverse(name, kwargs={**facts, "language": code})))
        for code, _ in settings.LANGUAGES
    ]
    others = _others(places)
    for _, place in places:
        yield f"<url><loc>{place}</loc>{others}</url>\n"


def _others(places: Sequence[tuple[str, str]]) -> str:
    return "".join(f'<xhtml:link rel="alternate" hreflang="{code}" href="{place}"/>' for code, place in places)


def _xml(text: str) -> HttpResponse:
    return _kept(HttpResponse(_HEAD + text, content_type="application/xml; charset=utf-8"))


def _kept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = _KEPT
    return answer
