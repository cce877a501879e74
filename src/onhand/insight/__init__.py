"""Insight: figures for people who want to see how the shop does. Reads every room, changes nothing."""
