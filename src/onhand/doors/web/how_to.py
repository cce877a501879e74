"""The how-tos of ``docs/how-to``, as pages: what is served is what was shipped with this very version."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from onhand.doors.web.gates import public

# In a wheel they lie beside this file, in a checkout where they are written.
_FOLDERS = (Path(__file__).parent / "how-to", Path(__file__).parents[4] / "docs" / "how-to")


class Page(NamedTuple):
    """A how-to; its title is its first heading."""

    name: str
    title: str
    text: SafeString


@public
@require_safe
def how_tos(request: HttpRequest) -> HttpResponse:
    """Which there are."""
    return render(request, "how-to/list.html", {"pages": pages().values()})


@public
@require_safe
def how_to(request: HttpRequest, name: str) -> HttpResponse:
    """One of them."""
    page = pages().get(name)
    if page is None:
        raise Http404
    return render(request, "how-to/page.html", {"page": page})


@public
@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture of theirs, taken from the running product."""
    file = _pictures().get(name)
    if file is None:
        raise Http404
    answer = FileResponse(file.open("rb"), content_type="image/png")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@cache
def _pictures() -> dict[str, Path]:
    folder = _folder()
    return {file.stem: file for file in (folder / "pictures").glob("*.png")} if folder else {}


def _folder() -> Path | None:
    return next((each for each in _FOLDERS if each.is_dir()), None)


@cache
def pages() -> dict[str, Page]:
    """Every how-to by name, read once. They are our own words, so their HTML is trusted; raw HTML in them is not."""
    folder = _folder()
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    found = {}
    for file in sorted(folder.glob("*.md")) if folder else []:
        text = file.read_text(encoding="utf-8")
        title = text.partition("\n")[0].removeprefix("# ")
        found[file.stem] = Page(file.stem, title, mark_safe(markdown.render(text)))  # noqa: S308 - our own words
    return found
