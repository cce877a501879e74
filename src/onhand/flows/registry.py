"""Which flow carries out which command: the one table the writer, the doors and the tests share."""

from __future__ import annotations

from onhand.core.answers import Flow
from onhand.core.asks import Command
from onhand.flows import commands
from onhand.flows.adjust import adjust
from onhand.flows.advance_order import advance_order
from onhand.flows.amend_order import amend_order
from onhand.flows.amend_supply import amend_supply
from onhand.flows.cancel_order import cancel_order
from onhand.flows.cancel_own import cancel_own
from onhand.flows.carts import expire_carts, hold_cart, release_cart
from onhand.flows.check_out import check_out
from onhand.flows.expire_lots import expire_lots
from onhand.flows.move_stock import move_stock, transfer
from onhand.flows.place_order import place_order
from onhand.flows.receive import expect, receive
from onhand.flows.serve_waiting import serve_waiting
from onhand.flows.set_category_threshold import set_category_threshold
from onhand.flows.set_threshold import set_threshold
from onhand.flows.take_back import take_back

FLOWS: dict[type[Command], Flow] = {
    commands.PlaceOrder: place_order,
    commands.FetchOrder: place_order,
    commands.CheckOut: check_out,
    commands.AmendOrder: amend_order,
    commands.CancelOrder: cancel_order,
    commands.CancelOwn: cancel_own,
    commands.AdvanceOrder: advance_order,
    commands.TakeBack: take_back,
    commands.HoldCart: hold_cart,
    commands.ReleaseCart: release_cart,
    commands.ExpireCarts: expire_carts,
    commands.ExpireLots: expire_lots,
    commands.Receive: receive,
    commands.Expect: expect,
    commands.AmendSupply: amend_supply,
    commands.MoveStock: move_stock,
    commands.Transfer: transfer,
    commands.Adjust: adjust,
    commands.ServeWaiting: serve_waiting,
    commands.SetThreshold: set_threshold,
    commands.SetCategoryThreshold: set_category_threshold,
}
