"""What is sold: found by words and category, and looked at one by one."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils.translation import get_language

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.sharing import Shared
from onhand.customers.reviews.queries import Published, published, rating
from onhand.customers.reviews.rules import Rating
from onhand.doors.web.house import reading
from onhand.doors.web.shop import frame, sign, wishes
from onhand.doors.web.shop.frame import Visit, window
from onhand.doors.web.shop.tags import COLOURS, hue
from onhand.insight.window import finding, rules
from onhand.insight.window.counter import Counter
from onhand.insight.window.finding import Wish
from onhand.insight.window.goods import Goods, Shown, on_sale, shown
from onhand.insight.window.rules import Word

LONGEST_WORDS = 100
MOST_REVIEWS = 10
# So old may be what a page says of stock when it is drawn.
SECONDS_SHARED = 0.5
# As schema.org calls what we say.
_IN_SCHEMA = {
    "plenty": "https://schema.org/InStock",
    "few": "https://schema.org/LimitedAvailability",
    "back": "https://schema.org/BackOrder",
    "gone": "https://schema.org/OutOfStock",
}


class Opinions(NamedTuple):
    """What customers think of a SKU: its stars, and the latest they wrote."""

    rating: Rating = Rating()
    latest: list[Published] = []


def opinions_of(db: Connection, sku: str) -> Opinions:
    """What is published about a SKU."""
    return Opinions(rating(db, [sku]).get(sku, Rating()), published(db, sku, most=MOST_REVIEWS).items)


@window("GET")
def home(visit: Visit) -> HttpResponse:
    """What there is: all of it, or what was looked for."""
    asked = visit.request.GET
    wish = Wish(
        asked.get("q", "").replace("\x00", "")[:LONGEST_WORDS],
        asked.get("category", "").replace("\x00", "")[:64],
        bool(asked.get("there")),
        asked.get("after", "").replace("\x00", "")[:64],
    )
    with reading() as db:
        at = sign.open_counter(db)
        if at is None:
            return frame.shut(visit)
        page = finding.find(db, at, wish, utc_now())
        categories = finding.categories(db)
    following = urlencode({**_asked(wish), "after": page.next}) if page.next else ""
    chosen = next((each.name for each in categories if each.code == wish.category), "")
    return visit.page(
        "home.html",
        {
            "at": at,
            "wish": wish,
            "cards": page.items,
            "categories": categories,
            "chosen": chosen,
            "following": following,
            # Only the first page of a category, or of all, is worth finding by a search engine.
            "aside": bool(wish.text or wish.there or wish.after),
        },
    )


def _asked(wish: Wish) -> dict[str, str]:
    facts = {"q": wish.text, "category": wish.category, "there": "1" if wish.there else ""}
    return {name: text for name, text in facts.items() if text}


class Sight(NamedTuple):
    """What there is to see of a SKU: who sells, where the window is open; it, where it is on sale; what is thought."""

    at: Counter | None
    found: Shown | None = None
    opinions: Opinions = Opinions()


def _look(sku: str) -> Sight:
    with reading() as db:
        at = sign.open_counter(db)
        found = shown(db, at, sku, utc_now()) if at else None
        return Sight(at, found, opinions_of(db, sku)) if found else Sight(at)


# When the last ones go, all look at the same page, and each is told by the live stream how it is now.
sights = Shared(_look, seconds=SECONDS_SHARED)


@window("GET")
def goods(visit: Visit, sku: str) -> HttpResponse:
    """One SKU: what it costs, how many there are, where, when more come, what else would do."""
    at, found, opinions = sights.ask(sku)
    if at is None:
        return frame.shut(visit)
    if found is None:
        return visit.nothing()
    about_wish = {"wished": _wished(visit), "asked": bool(visit.request.GET.get("asked"))}
    return visit.page("goods.html", facts_of(visit, at, found, opinions) | about_wish)


def _wished(visit: Visit) -> Any:
    token = visit.request.GET.get("wished", "")
    if not token:
        return None
    with reading() as db:
        return wishes.known(db, token)


def facts_of(visit: Visit, at: Counter, found: Shown, opinions: Opinions) -> dict[str, Any]:
    """What the page of a SKU shows."""
    place = frame.place(visit, at)
    near = rules.nearest(at.stores, place.here)
    stores = [(each.site, each.km, found.words.stores.get(each.site.code, Word("gone"))) for each in near]
    one = found.goods
    return {
        "at": at,
        "found": found,
        "goods": one,
        "word": found.words.send,
        "stores": stores,
        "place": place,
        "crumbs": one.category_name,
        "can_wait": at.backorders,
        "opinions": opinions,
        "data": _structured(visit, at, found, opinions.rating),
        "topics": _topics(sku for sku in (one.sku, *(card.goods.sku for card in (*found.kinds, *found.alternatives)))),
    }


def _topics(skus: Any) -> str:
    return urlencode([("topic", f"shop:{sku}") for sku in skus])


def _structured(visit: Visit, at: Counter, found: Shown, stars: Rating) -> list[dict[str, Any]]:
    """What search engines read: the product with its offer, and where it stands among the others."""
    one, address = found.goods, settings.ADDRESS
    here = address + visit.here_in(get_language() or settings.LANGUAGE_CODE)
    product: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": one.sku,
        "name": one.name,
        "url": here,
        "image": address + picture_at(one),
    }
    if one.description:
        product["description"] = one.description
    if one.category_name:
        product["category"] = one.category_name
    if one.price is not None:
        product["offers"] = _offer(at, one, found.words.send, here)
    if stars.count:
        product["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": stars.average,
            "reviewCount": stars.count,
        }
    trail = [(at.name, address + visit.at("home")), (one.name, here)]
    places = [
        {"@type": "ListItem", "position": number, "name": name, "item": item}
        for number, (name, item) in enumerate(trail, start=1)
    ]
    return [product, {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": places}]


def _offer(at: Counter, one: Goods, word: Word, here: str) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer",
        "price": one.price,
        "priceCurrency": at.currency,
        "availability": _IN_SCHEMA[word.state],
        "url": here,
        "seller": {"@type": "Organization", "name": at.name},
    }
    if word.on:
        offer["availabilityStarts"] = word.on
    return offer


def picture_at(one: Goods) -> str:
    """Where the picture of some goods is."""
    return reverse("shop.picture", kwargs={"sku": one.sku})


@window("GET")
def picture(visit: Visit, sku: str) -> HttpResponse:
    """What stands for goods of which there is no photograph: their category's colour and their first letter."""
    with reading() as db:
        at = sign.open_counter(db)
        one = on_sale(db, at, [sku], utc_now()).get(sku) if at else None
    if one is None:
        return visit.nothing()
    drawn = loader.render_to_string("shop/picture.svg", {"goods": one, "colour": COLOURS[hue(one.category_name)]})
    answer = HttpResponse(drawn, content_type="image/svg+xml")
    answer["Cache-Control"] = "public, max-age=86400"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
