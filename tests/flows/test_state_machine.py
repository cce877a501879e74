"""All flows of stock and orders, in any order, against a model of the shop in plain Python."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from conftest import empty
from onhand.core.database import Connection
from proofs.machine import ShopMachine

SHORT = settings(
    max_examples=20,
    stateful_step_count=50,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_the_books_agree_with_the_model_after_every_step(db: Connection) -> None:
    machine = type("Machine", (ShopMachine,), {"db": db, "empty": empty})

    run_state_machine_as_test(machine, settings=SHORT)
