"""Shape the tree of categories."""

from __future__ import annotations

import pytest

from onhand.catalog.actions import save_categories
from onhand.catalog.queries import categories
from onhand.catalog.records import CategoryRecord
from onhand.core.database import Connection

from .cast import change, refusal

HOME = CategoryRecord("home", "Home")
KITCHEN = CategoryRecord("kitchen", "Kitchen", "home")
MUGS = CategoryRecord("mugs", "Mugs", "kitchen")


def tree(db: Connection) -> list[tuple[str, str | None, int]]:
    return [(category.code, category.parent, category.depth) for category in categories(db).items]


def test_a_parent_may_come_later_in_the_batch(db: Connection) -> None:
    answers = save_categories(db, [MUGS, KITCHEN, HOME])

    assert [change(answer) for answer in answers] == ["created"] * 3
    assert tree(db) == [("home", None, 0), ("kitchen", "home", 1), ("mugs", "kitchen", 2)]


def test_saving_the_same_again_changes_nothing(db: Connection) -> None:
    save_categories(db, [HOME, KITCHEN])

    assert [change(answer) for answer in save_categories(db, [HOME, KITCHEN])] == ["unchanged"] * 2


@pytest.mark.parametrize("moved", [CategoryRecord("mugs", "Mugs", "home"), CategoryRecord("mugs", "Mugs")])
def test_a_category_can_move(db: Connection, moved: CategoryRecord) -> None:
    save_categories(db, [HOME, KITCHEN, MUGS])

    assert [change(answer) for answer in save_categories(db, [moved])] == ["changed"]
    assert ("mugs", moved.parent, 1 if moved.parent else 0) in tree(db)


def test_a_category_can_be_renamed(db: Connection) -> None:
    save_categories(db, [HOME])

    assert [change(answer) for answer in save_categories(db, [CategoryRecord("home", "House")])] == ["changed"]
    assert [category.name for category in categories(db).items] == ["House"]


@pytest.mark.parametrize("parent", ["home", "kitchen", "mugs"])
def test_a_category_cannot_hang_below_itself(db: Connection, parent: str) -> None:
    save_categories(db, [HOME, KITCHEN, MUGS])

    (answer,) = save_categories(db, [CategoryRecord("home", "Home", parent)])

    assert refusal(answer).code == "category_circle"
    assert tree(db)[0] == ("home", None, 0)


def test_two_moves_of_one_batch_cannot_make_a_circle(db: Connection) -> None:
    save_categories(db, [CategoryRecord("a", "A"), CategoryRecord("b", "B")])

    first, second = save_categories(db, [CategoryRecord("a", "A", "b"), CategoryRecord("b", "B", "a")])

    assert change(first) == "changed"
    assert refusal(second).code == "category_circle"


def test_new_categories_that_only_hang_on_each_other_are_refused(db: Connection) -> None:
    answers = save_categories(db, [CategoryRecord("a", "A", "b"), CategoryRecord("b", "B", "a"), HOME])

    assert [refusal(answer).code for answer in answers[:2]] == ["unknown_category"] * 2
    assert tree(db) == [("home", None, 0)]
