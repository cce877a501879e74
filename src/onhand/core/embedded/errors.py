"""The refusal of the embedded database."""


class EmbeddedServerError(Exception):
    """The embedded database cannot run; the message is a sentence saying why and what to do."""
