"""The shop that made the sales."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from onhand.connect.online_retail.categories import SHELVES, category_of
from onhand.connect.online_retail.shipping import luck
from onhand.connect.online_retail.shop import (
    BRITAIN,
    CONTINENT,
    IRELAND,
    Launch,
    NoSales,
    Region,
    product_code,
    region_of,
)

from .sales import CLOCKS, HEARTS, LANTERNS, POTS, POTS_BACK, shop_of


def test_a_sku_is_a_variant_of_the_product_its_digits_name() -> None:
    (product,) = shop_of(HEARTS, HEARTS.replace("85123A", "85123B")).products

    assert product.code == "85123"
    assert [sku.code for sku in product.skus] == ["85123A", "85123B"]


def test_a_code_that_begins_with_letters_is_its_own_product() -> None:
    assert product_code("DCGSSBOY") == "DCGSSBOY"


def test_a_sku_has_the_name_it_was_sold_under_most_often() -> None:
    misspelt = HEARTS.replace("536365", "536366").replace("HANGING", "HANGNG")

    shop = shop_of(HEARTS, HEARTS.replace("536365", "536367"), misspelt)

    assert shop.products[0].skus[0].name == "WHITE HANGING HEART T-LIGHT HOLDER"


def test_a_sku_costs_the_median_of_what_was_paid() -> None:
    sales = [
        HEARTS.replace("536365", f"53636{n}").replace("2.55", price) for n, price in enumerate(["2.55", "2.1", "9"])
    ]

    assert shop_of(*sales).products[0].skus[0].price == Decimal("2.55")


def test_the_median_of_two_prices_is_one_that_was_paid() -> None:
    shop = shop_of(HEARTS, HEARTS.replace("536365", "536366").replace("2.55", "2.1"))

    assert shop.products[0].skus[0].price == Decimal("2.1")


def test_a_product_has_the_words_its_skus_share() -> None:
    green = "536365,84997A,CHILDRENS CUTLERY POLKADOT GREEN,4,2010-12-01 08:26:00,3.75,17850,United Kingdom"
    red = "536365,84997B,CHILDRENS CUTLERY RETROSPOT RED,8,2010-12-01 08:26:00,3.75,17850,United Kingdom"

    assert shop_of(green, red).products[0].name == "CHILDRENS CUTLERY"


def test_a_product_whose_skus_share_too_little_has_the_name_of_its_best_seller() -> None:
    flag = "536365,84029G,KNITTED UNION FLAG HOT WATER BOTTLE,6,2010-12-01 08:26:00,3.39,17850,United Kingdom"
    heart = "536366,84029E,RED WOOLLY HOTTIE WHITE HEART.,6,2010-12-01 08:26:00,3.39,17850,United Kingdom"

    shop = shop_of(flag, heart, heart.replace("536366", "536367"))

    assert shop.products[0].name == "RED WOOLLY HOTTIE WHITE HEART."


@pytest.mark.parametrize(
    ("name", "shelf"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "lights"),
        ("LUNCH BAG RED RETROSPOT", "bags"),
        ("SET 7 BABUSHKA NESTING BOXES", "boxes"),
        ("4 VANILLA BOTANICAL CANDLES", "candles"),
        ("BOYS", "other"),
        ("", "other"),
    ],
)
def test_goods_stand_on_the_shelf_their_name_tells(name: str, shelf: str) -> None:
    assert category_of(name) == shelf


def test_every_word_leads_to_one_shelf_only() -> None:
    words = [word for _, _, told in SHELVES for word in told.split()]

    assert len(words) == len(set(words))


def test_only_shelves_that_are_used_are_put_up() -> None:
    assert [category.code for category in shop_of(HEARTS).categories] == ["lights"]


def test_customers_have_numbers_and_countries_and_no_names() -> None:
    shop = shop_of(HEARTS, CLOCKS, HEARTS.replace("536365", "536366").replace("17850", ""))

    assert [(each.code, each.country) for each in shop.customers] == [("12583", "FR"), ("17850", "GB")]


@pytest.mark.parametrize(
    ("country", "region"), [("GB", BRITAIN), (None, BRITAIN), ("AU", BRITAIN), ("IE", IRELAND), ("FR", CONTINENT)]
)
def test_each_country_is_supplied_by_its_region(country: str | None, region: Region) -> None:
    assert region_of(country) == region


def test_opening_stock_is_the_demand_of_the_first_days_at_the_sites_of_each_region() -> None:
    shop = shop_of(HEARTS, CLOCKS)

    assert [(each.site, each.sku, each.quantity) for each in shop.opening] == [
        ("rotterdam", "22728", Decimal(24)),
        ("london", "85123A", Decimal(4)),
        ("manchester", "85123A", Decimal(2)),
    ]


@pytest.mark.parametrize("pieces", [1, 2, 3, 7, 100, 74215])
def test_shares_of_a_region_add_up(pieces: int) -> None:
    assert sum(part for _, part in BRITAIN.shares(pieces)) == pieces


def test_what_came_back_early_is_not_stocked() -> None:
    shop = shop_of(POTS, POTS_BACK)

    assert sum(each.quantity for each in shop.opening) == 6


def test_a_few_goods_start_with_too_little() -> None:
    short = next(f"{number}" for number in range(20_000, 21_000) if luck(f"{number}", 12) == 0)

    shop = shop_of(HEARTS.replace("85123A", short).replace(",6,", ",8,"))

    assert sum(each.quantity for each in shop.opening) == 2


def test_goods_sold_later_are_no_opening_stock_but_a_launch() -> None:
    spring = LANTERNS.replace("536365", "545000").replace("2010-12-01", "2011-03-02")

    shop = shop_of(HEARTS, spring)

    assert {each.sku for each in shop.opening} == {"85123A"}
    assert shop.launches == (Launch("71053", date(2011, 3, 2), {"britain": 6}),)


def test_the_shop_opens_on_the_day_of_its_first_sale() -> None:
    assert shop_of(HEARTS).opens == date(2010, 12, 1)


def test_a_file_without_sales_has_no_shop() -> None:
    with pytest.raises(NoSales, match="set aside"):
        shop_of(POTS_BACK)


def test_every_site_of_every_region_is_a_site_of_the_shop() -> None:
    shop = shop_of(HEARTS)

    assert {site for region in (BRITAIN, IRELAND, CONTINENT) for site, _ in region.fifths} == {
        site.code for site in shop.sites
    }


def test_the_same_sales_make_the_same_shop() -> None:
    assert shop_of(HEARTS, CLOCKS, POTS) == shop_of(HEARTS, CLOCKS, POTS)
