"""The addresses of the window, each once in the reader's language and once in every language there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from onhand.doors.web.shop import checkout, embedding, goods, orders, robots, wishes


def _both(route: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    below = f"/{route}" if route else ""
    return [
        path(f"shop/<language:language>{below}", view, name=f"shop.{name}"),
        path(f"shop{below}", view, name=f"shop.{name}"),
    ]


def addresses() -> list[URLPattern]:
    """All of them; to be called when the kinds of parts that paths have are known."""
    return [
        *_both("", goods.home, "home"),
        *_both("goods/<code:sku>", goods.goods, "goods"),
        *_both("goods/<code:sku>/tell-me", wishes.tell_me, "tell_me"),
        *_both("wish/<str:token>", wishes.wish, "wish"),
        *_both("basket", checkout.basket, "basket"),
        *_both("basket/put", checkout.put, "put"),
        *_both("basket/place", checkout.place, "place"),
        *_both("order/<str:token>", orders.order, "order"),
        *_both("availability.json", embedding.availability, "availability"),
        path("shop/embed.js", embedding.script, name="shop.embed"),
        path("robots.txt", robots.robots, name="shop.robots"),
        path("sitemap.xml", robots.sitemaps, name="shop.sitemaps"),
        path("shop/sitemap.xml", robots.sitemap, name="shop.sitemap"),
        path("shop/picture/<code:sku>.svg", goods.picture, name="shop.picture"),
    ]
