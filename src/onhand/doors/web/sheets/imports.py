"""Sheets taken in: a file is sent, its columns are understood, what it would do is shown, and only then it is done."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

import msgspec
from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onhand.access.models import Person
from onhand.access.permissions import PERMISSIONS, Sensitivity
from onhand.connect.sheets import imports
from onhand.connect.sheets.checks import Options
from onhand.connect.sheets.errors import CannotImport
from onhand.connect.sheets.limits import MOST_BYTES
from onhand.connect.sheets.trades import TRADES
from onhand.core.pages import BadCursor
from onhand.doors.web import files, house
from onhand.doors.web.acts import Act, Asking, perform, said
from onhand.doors.web.approving.confirming import Change, Look
from onhand.doors.web.gates import may, reader
from onhand.doors.web.refusals import in_words
from onhand.doors.web.sheets import sheet_words
from onhand.doors.web.wording import DASH, quantity

log = logging.getLogger(__name__)
T = TypeVar("T")

KINDS = {
    "products": gettext_lazy("Products"),
    "barcodes": gettext_lazy("Barcodes"),
    "prices": gettext_lazy("Prices"),
    "sites": gettext_lazy("Sites"),
    "locations": gettext_lazy("Locations"),
    "stock": gettext_lazy("Opening stock"),
    "thresholds": gettext_lazy("Thresholds"),
    "customers": gettext_lazy("Customers"),
    "orders": gettext_lazy("Orders"),
}
IMPORT_STATES = {
    "reading": (gettext_lazy("being read"), "calm"),
    "ready": (gettext_lazy("ready"), "warn"),
    "running": (gettext_lazy("under way"), "calm"),
    "done": (gettext_lazy("done"), "good"),
    "cancelled": (gettext_lazy("stopped"), "warn"),
    "failed": (gettext_lazy("failed"), "bad"),
    "undoing": (gettext_lazy("being undone"), "calm"),
    "undone": (gettext_lazy("undone"), "calm"),
    "interrupted": (gettext_lazy("broken off"), "bad"),
}
# What somebody must be allowed to do by hand, they may do by a sheet.
RIGHTS = {
    "products": "do.catalog",
    "barcodes": "do.catalog",
    "prices": "do.catalog",
    "sites": "do.places",
    "locations": "do.places",
    "stock": "do.counts",
    "thresholds": "do.thresholds",
    "customers": "do.customers",
    "orders": "do.orders",
}
AT_WORK = ("reading", "running", "undoing")
# So long a person waits for an answer; what takes longer goes on beside, and its page shows how far it is.
PATIENCE_SECONDS = 2.0
UPLOADS_KEPT_SECONDS = 86_400
BAD_SHOWN = 20
_SALT = "onhand.upload"
# So many are worked on at once; others wait for their turn.
_turns = threading.Semaphore(2)


class Upload(NamedTuple):
    """A file that was sent and waits to be understood."""

    path: Path
    name: str
    kind: str


@may("see.imports")
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What was imported, and where to begin."""
    return _list(request)


@may("do.imports")
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """A file is sent: show how its columns are understood."""
    file, kind = request.FILES.get("file"), request.POST.get("kind", "")
    _must_be_allowed(request, kind)
    if not isinstance(file, UploadedFile) or kind not in TRADES:
        return _list(request, _("Choose a file, and say what its rows are."), 422)
    if (file.size or 0) > MOST_BYTES:
        return _list(request, _("The file is too large: cut it into parts."), 422)
    sent = Upload(_kept(file), file.name or "", kind)
    try:
        return _understood(request, sent)
    except CannotImport as fault:
        sent.path.unlink(missing_ok=True)
        return _list(request, in_words(fault.refusal), 422)


@may("do.imports")
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """The columns are understood: read all of it, and check it. Nothing of the shop changes yet."""
    sent = _sent(request.POST.get("sent", ""))
    _must_be_allowed(request, sent.kind)
    columns = {name[4:]: field for name, field in request.POST.items() if name.startswith("col:")}
    options = Options(
        request.POST.get("decimal", ""),
        request.POST.get("dates", ""),
        request.POST.get("time_zone") or "UTC",
        "new_categories" in request.POST,
    )
    values = {name[4:]: value for name, value in request.POST.items() if name.startswith("set:") and value}

    understood: dict[str, Any] = {"columns": columns, "values": values, "options": options}
    understood |= {"file": sent.name, "actor": reader(request).actor}

    def read() -> int:
        with house.connecting() as db:
            number = imports.start(db, sent.path, sent.kind, **understood).id
        sent.path.unlink(missing_ok=True)
        return number

    begun = _begin(read)
    if not begun.done():
        return redirect("imports")
    try:
        return redirect("imports.one", begun.result())
    except CannotImport as fault:
        return _understood(request, sent, in_words(fault.refusal), 422)


@may("see.imports")
@never_cache
@require_safe
def one(request: HttpRequest, number: int) -> HttpResponse:
    """An import: how far it is, what it would do, what it did."""
    with house.connecting() as db:
        try:
            facts = _facts(db, number)
        except CannotImport as fault:
            raise Http404(fault.refusal.detail) from fault
    template = "imports/body.html" if request.headers.get("HX-Request") else "imports/one.html"
    return render(request, template, facts)


class Going(msgspec.Struct, frozen=True):
    """An import goes ahead, or is undone: which, with how many rows."""

    number: int
    how: str
    rows: int


class GoingForm(Asking):
    """How: the good rows (``good``), all or nothing (``whole``), or ``undo``."""

    how = forms.ChoiceField(choices=[(each, each) for each in ("good", "whole", "undo")], widget=forms.HiddenInput)


@may("do.imports")
@require_http_methods(["GET", "POST"])
def go_ahead(request: HttpRequest, number: int) -> HttpResponse:
    """Do it: the good rows, or all or nothing."""
    kind = _kind_of(number)
    _must_be_allowed(request, kind)
    if _is_high(kind):
        return _confirmed(request, number, kind)
    if request.method != "POST":
        return redirect("imports.one", number)
    whole, actor = request.POST.get("how") == "whole", reader(request).actor
    return _beside(number, lambda db: imports.go_ahead(db, number, whole=whole, actor=actor))


def _is_high(kind: str) -> bool:
    """Whether what an import does is confirmed, as when it is done by hand."""
    return kind in RIGHTS and PERMISSIONS[RIGHTS[kind]].sensitivity is Sensitivity.HIGH


def _confirmed(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Have an import done or undone that is confirmed first."""
    with house.connecting() as db:
        now = imports.view(db, number)
    how = request.POST.get("how", request.GET.get("how", "good"))
    undoing = how == "undo"
    rows = now.created + now.altered if undoing else now.new + now.changed

    def go(wanted: Going, person: Person, _key: str) -> HttpResponse:
        def work(db: Any) -> object:
            if undoing:
                return imports.undo(db, wanted.number, actor=person.actor)
            return imports.go_ahead(db, wanted.number, whole=wanted.how == "whole", actor=person.actor)

        return _beside(wanted.number, work)

    def on(answer: HttpResponse) -> HttpResponse:
        if answer.status_code == HTTPStatus.CONFLICT:
            return said(answer.content.decode())
        gone = HttpResponse(status=200)
        gone["HX-Redirect"] = reverse("imports.one", args=[number])
        return gone

    act: Act[Going] = Act(
        title=_("Undo the import") if undoing else _("Take the rows in"),
        about=f"{KINDS[kind]} · {now.file}",
        button=_("Undo") if undoing else _("Take them in"),
        command=lambda filled: Going(number, filled["how"], rows),
        done=lambda _filled: "",
        carry_out=go,
        look=lambda _db, wanted: Look([Change(str(KINDS[kind]), DASH, quantity(wanted.rows))], rows, figure=_("Rows")),
        permission=RIGHTS[kind],
        then=on,
    )
    return perform(request, act, GoingForm, first={"how": how})


@may("do.imports")
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop it after the batch it is at."""
    _must_be_allowed(request, _kind_of(number))
    with house.connecting() as db:
        try:
            imports.cancel(db, number)
        except CannotImport as fault:
            return HttpResponse(in_words(fault.refusal), status=409)
    return redirect("imports.one", number)


@may("do.imports")
@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what it did."""
    kind = _kind_of(number)
    _must_be_allowed(request, kind)
    if _is_high(kind):
        return _confirmed(request, number, kind)
    actor = reader(request).actor
    return _beside(number, lambda db: imports.undo(db, number, actor=actor))


@may("see.imports")
@require_safe
def bad_rows(request: HttpRequest, number: int) -> HttpResponseBase:
    """The bad rows as a sheet, to be mended and sent again."""
    with house.connecting() as db:
        try:
            headers, _rows = imports.bad_sheet(db, number)
        except CannotImport as fault:
            raise Http404(fault.refusal.detail) from fault

    language = get_language()

    def rows() -> Iterator[list[str]]:
        # The file is written after this answer has begun, when the request's language no longer holds.
        with translation.override(language), house.connecting() as db:
            yield from imports.bad_sheet(db, number, told=sheet_words.fault)[1]

    return files.as_csv(f"import-{number}-bad-rows", headers, rows())


def _must_be_allowed(request: HttpRequest, kind: str) -> None:
    if kind in RIGHTS and not reader(request).may(RIGHTS[kind]):
        raise PermissionDenied(RIGHTS[kind])


def _kind_of(number: int) -> str:
    with house.connecting() as db:
        try:
            return imports.view(db, number).kind
        except CannotImport as fault:
            raise Http404(fault.refusal.detail) from fault


def _beside(number: int, work: Callable[[Any], object]) -> HttpResponse:
    """Do something long; who asked waits a moment for it, and then watches it on its page."""

    def run() -> None:
        with house.connecting() as db:
            work(db)

    begun = _begin(run)
    if begun.done():
        try:
            begun.result()
        except CannotImport as fault:
            return HttpResponse(in_words(fault.refusal), status=409)
    return redirect("imports.one", number)


def _begin(work: Callable[[], T]) -> Future[T]:
    """Begin something that may take long, and wait for it a moment; how it ends later is in its import, and logged."""
    begun: Future[T] = Future()
    # No pool: a process that is told to stop would wait for its threads, and an import may take minutes. Cut off, it is
    # broken off between two batches, says so on its page, and can go on.
    threading.Thread(target=_carry_out, args=(begun, work), name="import", daemon=True).start()
    wait([begun], PATIENCE_SECONDS)
    if not begun.done():
        begun.add_done_callback(_note)
    return begun


def _carry_out(begun: Future[T], work: Callable[[], T]) -> None:
    with _turns:
        try:
            begun.set_result(work())
        except BaseException as fault:  # noqa: BLE001  # whatever it is, whoever waits is told
            begun.set_exception(fault)


def _note(ended: Future[Any]) -> None:
    fault = ended.exception()
    if fault:
        log.error("an import ended early: %s", fault, exc_info=None if isinstance(fault, CannotImport) else fault)


def _list(request: HttpRequest, fault: str = "", status: int = 200) -> HttpResponse:
    with house.connecting() as db:
        try:
            past = imports.past(db, after=request.GET.get("cursor")).items
        except BadCursor as bad:
            raise Http404("cursor") from bad
    rows = [(each, KINDS[each.kind], *IMPORT_STATES[each.state]) for each in past]
    busy = any(each.state in AT_WORK for each in past)
    kinds = {kind: words for kind, words in KINDS.items() if reader(request).may(RIGHTS[kind])}
    facts = {"rows": rows, "kinds": kinds, "fault": fault, "busy": busy}
    template = "imports/rows.html" if request.headers.get("HX-Request") else "imports/page.html"
    return render(request, template, facts, status=status)


def _understood(request: HttpRequest, sent: Upload, fault: str = "", status: int = 200) -> HttpResponse:
    """The page on which columns are given their fields."""
    with house.connecting() as db:
        look = imports.looked_at(db, sent.path, sent.kind)
    columns = [
        (header, look.proposal.columns.get(header) or "", [row[place] for row in look.sample if place < len(row)][:3])
        for place, header in enumerate(look.headers)
    ]
    trade = TRADES[sent.kind]
    needed = [field for field in trade.fields if field.name in look.proposal.missing]
    facts = {"look": look, "columns": columns, "fields": trade.fields, "needed": needed, "kind": KINDS[sent.kind]}
    facts |= {"sent": _sealed(sent), "name": sent.name, "fault": fault, "chosen": request.POST}
    return render(request, "imports/columns.html", facts, status=status)


def _facts(db: Any, number: int) -> dict[str, Any]:
    now = imports.view(db, number)
    progress = imports.progress(db, number)
    words, tone = IMPORT_STATES[progress.state]
    facts: dict[str, Any] = {
        "now": now,
        "progress": progress,
        "state": words,
        "state_tone": tone,
        "kind": KINDS[now.kind],
        "fault": sheet_words.sentence(now.fault),
    }
    facts["busy"] = progress.state in AT_WORK
    facts["high"] = _is_high(now.kind)
    if not facts["busy"]:
        try:
            facts["preview"] = imports.preview(db, number)
            facts["bad"] = sheet_words.bad_rows(imports.bad_rows(db, number, most=BAD_SHOWN).items)
        except CannotImport:
            facts["forgotten"] = True
    if now.state == "undone":
        lines = imports.undo_lines(db, number, most=BAD_SHOWN).items
        facts["left"] = [(line, sheet_words.sentence(line.outcome)) for line in lines]
    return facts


def _kept(file: UploadedFile[Any]) -> Path:
    folder = Path(tempfile.gettempdir()) / "onhand-uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - UPLOADS_KEPT_SECONDS:
            old.unlink(missing_ok=True)
    path = folder / f"{uuid4().hex}{Path(file.name or '').suffix.lower()[:8]}"
    with path.open("xb") as kept:
        for part in file.chunks():
            kept.write(part)
    return path


def _sealed(sent: Upload) -> str:
    return signing.dumps((sent.path.name, sent.name, sent.kind), salt=_SALT)


def _sent(token: str) -> Upload:
    try:
        file, name, kind = signing.loads(token, salt=_SALT, max_age=UPLOADS_KEPT_SECONDS)
    except signing.BadSignature as fault:
        raise Http404("upload") from fault
    path = Path(tempfile.gettempdir()) / "onhand-uploads" / file
    if not path.exists():
        raise Http404("upload")
    return Upload(path, name, kind)
