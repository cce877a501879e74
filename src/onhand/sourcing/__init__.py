"""Sourcing: from which site, and by when. Each channel has a policy, a list of rules; every decision is explained."""
