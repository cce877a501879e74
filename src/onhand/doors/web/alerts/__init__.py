"""Alerts: those that stand, how somebody hears of them, on which devices, and the thresholds behind them."""
