"""Who works here and with what: people, roles, limits, shared devices, keys, clients, one's own account."""
