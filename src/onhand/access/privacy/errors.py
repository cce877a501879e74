"""What stops work on personal data, by name."""

from __future__ import annotations


class NoMasterKey(RuntimeError):
    """Keys of subjects are wrapped by a master key that is not among those this process was given."""

    def __init__(self, master: str) -> None:
        super().__init__(
            f"What is known of people is sealed under the master key {master!r}, which is not known here: add it to"
            " ONHAND_FIELD_KEYS, or put the file field-keys back into the data folder."
        )


class BadMasterKeys(ValueError):
    """The master keys cannot be read; the text says why."""
