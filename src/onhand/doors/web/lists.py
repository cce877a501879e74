"""Lists as people use them: one screen for every listing, however different what they show.

A ``Screen`` says how a listing is shown: its words, where its rows lead, what it is live about, what can be done with
chosen rows. Its addresses: the list itself, its rows anew (for what changes while one looks), a filter added, columns
chosen, a view kept, a file of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from onhand.access.models import SavedView
from onhand.core.clock import utc_now
from onhand.core.events import fact, record
from onhand.core.refusals import Refused, refused
from onhand.doors.web import files
from onhand.doors.web.gates import may, reader
from onhand.doors.web.house import connecting, exporting, reading
from onhand.doors.web.refusals import in_words
from onhand.doors.web.table import Cell, ShownRow, drawn
from onhand.doors.web.wording import (
    OPERATORS,
    as_known,
    column_words,
    moment_words,
    operator_words,
    tone_of,
    value_words,
)
from onhand.insight import lists
from onhand.insight.lists import Column, Listing, ListPage, Row, View
from onhand.insight.lists.view import RESERVED

SIZE = 50
# What stands in an address beside the view: where one is, and what the page itself asks.
OURS = ("cursor", "size")
# What holds who people are.
PERSONAL = frozenset({"customers", "cases", "letters"})


@dataclass(frozen=True)
class Screen:
    """How a listing is shown. ``leads_to``: the address of a row; ``live``: the topics that tell of it."""

    listing: Listing
    route: str
    right: str
    title: Promise
    icon: str
    first: str
    leads_to: Callable[[Row], str]
    empty_title: Promise
    empty_remedy: Promise
    live: Callable[[Row], str] = lambda _: ""
    live_all: str = ""
    links: Callable[[str, Row], str] = lambda *_: ""
    # What stands in a column, where that is more than its value in words.
    tells: Callable[[str, Row], str] = lambda *_: ""
    # A part of the page that stands above the list: the name of its address.
    above: str = ""
    # Pages that belong to it, beside its title.
    beside: tuple[Beside, ...] = ()
    bulk: tuple[BulkAct, ...] = ()
    bulk_route: str = ""
    bulk_right: str = ""


class Beside(NamedTuple):
    """A page that belongs to a list: its address's name, words, icon, and the permission it takes (none: any)."""

    route: str
    words: Promise
    icon: str
    right: str = ""
    # Opened in the drawer, since it is an act.
    drawer: bool = False


class BulkAct(NamedTuple):
    """Something to do with all rows chosen: its name in the address, its words."""

    name: str
    words: Promise
    icon: str


class Head(NamedTuple):
    """The head of a column: its words, how it is sorted now, and the address that sorts by it."""

    column: Column
    words: str
    sort: str
    href: str


class Chip(NamedTuple):
    """A filter that holds, in words, and the address of the list without it."""

    words: str
    href: str


def addresses(screen: Screen, at: str) -> list[URLPattern]:
    """The addresses of a screen."""
    gate, pages, route = may(screen.right), _Pages(screen), screen.route
    return [
        path(at, gate(never_cache(require_safe(pages.whole))), name=route),
        path(f"{at}/rows", gate(never_cache(require_safe(pages.rows))), name=f"{route}.rows"),
        path(f"{at}/count", gate(never_cache(require_safe(pages.count))), name=f"{route}.count"),
        path(f"{at}/narrow", gate(require_safe(pages.narrow)), name=f"{route}.narrow"),
        path(f"{at}/columns", gate(require_safe(pages.columns)), name=f"{route}.columns"),
        path(f"{at}/keep", gate(require_POST(pages.keep)), name=f"{route}.keep"),
        path(f"{at}/file.csv", gate(require_safe(pages.as_csv)), name=f"{route}.csv"),
        path(f"{at}/file.xlsx", gate(require_safe(pages.as_workbook)), name=f"{route}.xlsx"),
    ]


class _Pages:
    """The pages of a screen."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.listing = screen.listing

    def whole(self, request: HttpRequest) -> HttpResponse:
        """The page, or only the list where a part of a page asks for it."""
        asked = lists.parse(self.listing, request.META["QUERY_STRING"], ignoring=OURS)
        template = "lists/list.html" if request.headers.get("HX-Request") else "lists/page.html"
        if refused(asked):
            return self._refuse(request, asked, template)
        with reading() as db:
            page = lists.page(db, self.listing, asked, cursor=request.GET.get("cursor"), size=SIZE)
        if refused(page):
            return self._refuse(request, page, template)
        return render(request, template, {**self._frame(request, asked), **self._body(request, asked, page)})

    def rows(self, request: HttpRequest) -> HttpResponse:
        """The same rows anew, and those that have come before them."""
        asked = self._asked(request)
        with reading() as db:
            page = lists.page(db, self.listing, asked, cursor=request.GET.get("cursor"), size=SIZE)
        if refused(page):
            return HttpResponse(status=422)
        return render(request, "lists/table.html", {"screen": self.screen, **self._body(request, asked, page)})

    def narrow(self, request: HttpRequest) -> HttpResponse:
        """Add a filter to the view, or take back one of the same column."""
        column, operator, value = (request.GET.get(name, "") for name in ("column", "operator", "value"))
        kept = [pair for pair in _pairs(request.GET.get("view", "")) if pair[0] != column]
        if known := self.listing.by_name.get(column):
            value = as_known(known, value)
        text = value if column in RESERVED else f"{operator}:{value}"
        query = urlencode([*kept, (column, text)] if value else kept)
        asked = lists.parse(self.listing, query)
        return redirect(self._address(query) if refused(asked) else self._view_address(asked))

    def columns(self, request: HttpRequest) -> HttpResponse:
        """Show other columns."""
        kept = [pair for pair in _pairs(request.GET.get("view", "")) if pair[0] != "columns"]
        chosen = [name for name in request.GET.getlist("column") if name in self.listing.by_name]
        return redirect(self._address(urlencode([*kept, ("columns", ",".join(chosen))] if chosen else kept)))

    def keep(self, request: HttpRequest) -> HttpResponse:
        """Keep the view under a name, or forget one of one's own."""
        person, name = reader(request), request.POST.get("name", "").replace("\x00", "").strip()[:60]
        own = SavedView.objects.filter(person=person, listing=self.listing.name)
        if (forget := request.POST.get("forget", "")).isdecimal():
            own.filter(pk=forget).delete()
        elif name:
            asked = lists.parse(self.listing, request.POST.get("view", ""), ignoring=OURS)
            if refused(asked):
                return HttpResponse(in_words(asked), status=422)
            facts = {"query": lists.write(self.listing, asked), "shared": "shared" in request.POST}
            SavedView.objects.update_or_create(person=person, listing=self.listing.name, name=name, defaults=facts)
        return redirect(self._address(request.POST.get("view", "")))

    def count(self, request: HttpRequest) -> HttpResponse:
        """How many rows match, where that can be said soon."""
        with reading() as db:
            found = lists.count(db, self.listing, self._asked(request))
        return render(request, "lists/count.html", {"count": None if refused(found) else found})

    def as_csv(self, request: HttpRequest) -> HttpResponseBase:
        """All of it as a sheet for every program."""
        return files.as_csv(*self._file(request))

    def as_workbook(self, request: HttpRequest) -> HttpResponseBase:
        """All of it as a workbook."""
        return files.as_workbook(*self._file(request))

    def _file(self, request: HttpRequest) -> tuple[str, list[str], Iterator[list[Any]]]:
        asked = self._asked(request)
        shown = lists.columns(self.listing, asked)

        def rows() -> Iterator[list[Any]]:
            number = 0
            try:
                with exporting() as db:
                    for row in lists.stream(db, self.listing, asked):
                        number += 1
                        yield [_in_a_file(column, row) for column in shown]
            finally:
                # Also what was broken off half-way has been taken out so far.
                _told_exported(request, self.listing.name, number)

        return f"onhand-{self.listing.name}", [column.name for column in shown], rows()

    def _asked(self, request: HttpRequest) -> View:
        asked = lists.parse(self.listing, request.META["QUERY_STRING"], ignoring=OURS)
        if refused(asked):
            raise Http404(asked.detail)
        return asked

    def _refuse(self, request: HttpRequest, refusal: Refused, template: str) -> HttpResponse:
        facts = {**self._frame(request, View()), "fault": in_words(refusal), "rows": [], "heads": [], "chips": []}
        return render(request, template, facts, status=422)

    def _address(self, query: str) -> str:
        return reverse(self.screen.route) + (f"?{query}" if query else "")

    def _view_address(self, view: View) -> str:
        return self._address(lists.write(self.listing, view))

    def _frame(self, request: HttpRequest, view: View) -> dict[str, Any]:
        person = reader(request)
        kept = SavedView.objects.filter(listing=self.listing.name).order_by("name")
        return {
            "screen": self.screen,
            "bulk": self.screen.bulk if person.may(self.screen.bulk_right) else (),
            "beside": [each for each in self.screen.beside if not each.right or person.may(each.right)],
            "own_views": [each for each in kept if each.person_id == person.pk],
            "shared_views": [each for each in kept if each.shared and each.person_id != person.pk],
            "operators": [(each, operator_words(each)) for each in OPERATORS],
            "filterable": [
                (column, column_words(column), [value_words(column, choice) for choice in column.choices])
                for column in self.listing.columns
                if column.operators
            ],
            "choosable": [
                (column, column_words(column), column in lists.columns(self.listing, view))
                for column in self.listing.columns
            ],
            "past": self.listing.past is not None,
            "searched": self.listing.search is not None,
        }

    def _body(self, request: HttpRequest, view: View, page: ListPage) -> dict[str, Any]:
        query = lists.write(self.listing, view)
        here = request.GET.get("cursor", "")
        return {
            "view": view,
            "query": query,
            "query_unsearched": lists.write(self.listing, msgspec.structs.replace(view, search="")),
            "heads": [self._head(view, column) for column in self._shown(view)],
            "rows": page.rows,
            "drawn": drawn(self._rows(view, page.rows), choosing=bool(self.screen.bulk)),
            "chips": self._chips(view),
            "next": self._address(_with(query, page.next)) if page.next else "",
            "previous": self._address(_with(query, page.previous)) if page.previous else "",
            "anew": f"{reverse(self.screen.route + '.rows')}?{_with(query, here)}",
            "live": self._live(view, page.rows),
            "narrowed": bool(view.filters or view.search),
            "today": timezone.localtime(),
        }

    def _shown(self, view: View) -> list[Column]:
        """The first column names the row; the others stand in their order."""
        shown = lists.columns(self.listing, view)
        first = self.listing.by_name[self.screen.first]
        return [first, *(column for column in shown if column is not first)]

    def _head(self, view: View, column: Column) -> Head:
        now = next((each for each in lists.order(self.listing, view) if each.column == column.name), None)
        sort = "none" if now is None else "descending" if now.down else "ascending"
        down = now is not None and not now.down
        href = self._view_address(lists.sorted_by(view, column.name, down=down)) if column.sort else ""
        return Head(column, column_words(column), sort, href)

    def _rows(self, view: View, rows: Sequence[Row]) -> list[ShownRow]:
        shown = [(column, column_words(column)) for column in self._shown(view)]
        return [self._row(shown, row) for row in rows]

    def _row(self, shown: Sequence[tuple[Column, str]], row: Row) -> ShownRow:
        head, *cells = (self._cell(column, label, row) for column, label in shown)
        return ShownRow(row.key, head._replace(href=self.screen.leads_to(row)), cells)

    def _cell(self, column: Column, label: str, row: Row) -> Cell:
        value = row.cells.get(column.name)
        words = self.screen.tells(column.name, row) or value_words(column, value)
        return Cell(column, label, words, self.screen.links(column.name, row), tone_of(column, value))

    def _chips(self, view: View) -> list[Chip]:
        found = []
        for each in view.filters:
            column = self.listing.by_name[each.column]
            values = ", ".join(value_words(column, value) for value in each.values)
            words = f"{column_words(column)} {operator_words(each.operator)} {values}"
            rest = msgspec.structs.replace(view, filters=tuple(other for other in view.filters if other != each))
            found.append(Chip(words, self._view_address(rest)))
        if view.as_of:
            words = _("as of %(moment)s") % {"moment": moment_words(view.as_of)}
            found.append(Chip(words, self._view_address(msgspec.structs.replace(view, as_of=None))))
        return found

    def _live(self, view: View, rows: Sequence[Row]) -> str:
        if view.as_of:
            return ""  # the past does not change
        topics = dict.fromkeys(topic for row in rows for topic in self.screen.live(row).split())
        return " ".join([*topics, *self.screen.live_all.split()])


def _told_exported(request: HttpRequest, listing: str, rows: int) -> None:
    data = {"rows": rows, "personal": listing in PERSONAL}
    with connecting() as db:
        record(db, [fact("rows.exported", f"listing/{listing}", reader(request).actor, data)], utc_now())


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return [pair for pair in parse_qsl(query, max_num_fields=100) if pair[0] not in OURS]
    except ValueError as fault:  # more than any view has
        raise Http404(str(fault)) from fault


def _with(query: str, cursor: str | None) -> str:
    return "&".join(part for part in (query, urlencode({"cursor": cursor}) if cursor else "") if part)


def _in_a_file(column: Column, row: Row) -> Any:
    """A value for other programs; one that is only known to be more says so there, too."""
    value = row.cells.get(column.name)
    return f"{column.most}+" if column.more(value) else value
