"""Webhooks: the subscriptions, their deliveries, and what is done about them."""
