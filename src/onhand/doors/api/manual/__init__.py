"""The API's manual: the document as JSON, and as a page to browse and try it in.

The page is Swagger UI, kept in ``swagger-ui/`` as published, with its licences; nothing is fetched from elsewhere, and
the page may run no script and load no style but those of this folder. ``look.css`` gives it the house's look.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from onhand.doors.api.document import document
from onhand.doors.api.permits import PUBLIC

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
    "; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFE = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_KINDS = {"js": "text/javascript", "css": "text/css", "txt": "text/plain", "svg": "image/svg+xml"}
_FILES = {
    "swagger-ui-bundle.js": "swagger-ui/swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui/swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css": "swagger-ui/swagger-ui.css",
    "look.css": "look.css",
    "start.js": "start.js",
    "icon.svg": "icon.svg",
}


@get("/api/docs", name="manual", include_in_schema=False, opt=dict(PUBLIC))
async def page() -> Response[bytes]:
    """The page."""
    return Response(_file("page.html"), media_type="text/html; charset=utf-8", headers=_SAFE)


@get("/api/docs/openapi.json", name="document", include_in_schema=False, opt=dict(PUBLIC))
async def described() -> Response[bytes]:
    """The document."""
    return Response(_encoded(), media_type="application/json", headers={"Cache-Control": "no-cache"})


@get("/api/docs/files/{name:str}", name="manual-file", include_in_schema=False, opt=dict(PUBLIC))
async def file(name: FromPath[str]) -> Response[bytes]:
    """What the page is made of."""
    if name not in _FILES:
        raise NotFoundException
    kind = _KINDS[name.rpartition(".")[2]]
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(_file(_FILES[name]), media_type=f"{kind}; charset=utf-8", headers=headers)


ROUTES: list[HTTPRouteHandler] = [page, described, file]


@cache
def _file(path: str) -> bytes:
    return resources.files(__name__).joinpath(*path.split("/")).read_bytes()


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(document())
