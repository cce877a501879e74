"""Tests of what speaks other systems' languages."""
