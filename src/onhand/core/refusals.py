"""A refusal is an answer: the request was understood and will not be done.

It is returned, not raised, because flows answer batches item by item and one refused command must not
disturb its neighbours. A bug or a broken database is not a refusal; those raise.
"""

from __future__ import annotations

import msgspec
from typing_extensions import TypeIs


class Refused(msgspec.Struct, frozen=True, tag="refused", tag_field="answer", omit_defaults=True):
    """Why a command was not carried out, in words the caller can act on.

    ``code`` is stable and for programs; ``detail`` is a sentence naming the fault and the remedy; ``field`` is the
    path of the offending field (``lines[1].sku``), empty when the whole command is at fault.
    """

    code: str
    detail: str
    field: str = ""


def refused(answer: object) -> TypeIs[Refused]:
    """Tell a refusal from an outcome."""
    return isinstance(answer, Refused)


class Stale(Exception):
    """What a flow read without a lock had changed by the time it held the lock; run the batch again."""
