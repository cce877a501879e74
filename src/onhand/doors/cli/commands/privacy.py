"""``onhand privacy`` and ``onhand keys``: what is held on people, and the keys it is sealed with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import database, fail, know_the_rooms

app = typer.Typer(no_args_is_help=True, help="What is held on people: found, shown, erased.")
keys_app = typer.Typer(no_args_is_help=True, help="The master keys that what is known of people is sealed under.")

Subject = Annotated[str, typer.Argument(help="customer/CODE, order/CHANNEL/NUMBER (a guest's) or person/NAME.")]
_ACTOR = "system"


@app.command("report")
def report() -> None:
    """Write the record of processing activities (GDPR, Article 30): every personal column, why, for how long.

    For example:

        onhand privacy report > article-30.md
    """
    from onhand.access.privacy.report import as_markdown

    know_the_rooms(configuration.read())
    typer.echo(as_markdown(), nl=False)


@app.command("find")
def find(
    words: Annotated[str, typer.Argument(help="A code, an e-mail address, a telephone number, or a name.")],
) -> None:
    """Find customers by what is known of them. Names are found by whole words.

    For example:

        onhand privacy find ana@shop.example
    """
    from onhand.core.database import connect
    from onhand.customers.queries import found

    with database(configuration.read()) as url, connect(url) as db:
        for each in found(db, words):
            typer.echo(f"customer/{each.code}  {each.name}  {each.email}  {each.phone}")


@app.command("export")
def export(
    subject: Subject,
    to: Annotated[Path | None, typer.Option(help="A file to write; the standard output without it.")] = None,
) -> None:
    """Write all that is held on somebody, as JSON. That it was handed out is on record.

    For example:

        onhand privacy export customer/C77 --to c77.json
    """
    from onhand.access.privacy import exporting
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        found = exporting.export(db, subject, now=utc_now(), actor=_ACTOR)
        db.commit()
    if refused(found):
        raise fail(found.detail)
    text = exporting.as_json(found)
    if to is None:
        typer.echo(text.decode())
        return
    to.touch(mode=0o600)
    to.write_bytes(text)
    typer.echo(f"{to}: {sum(len(each.rows) for each in found.held)} rows of {subject}")


@app.command("erase")
def erase(
    subject: Subject,
    yes: Annotated[bool, typer.Option("--yes", help="Do it, without asking.")] = False,  # noqa: FBT002
) -> None:
    """Erase somebody: their key is destroyed and what was plain is blanked; orders, moves and money stay.

    Shows first what would be done, and asks. It is refused while an order is open, or the law holds their data.

    For example:

        onhand privacy erase customer/C77
    """
    from onhand.access.privacy import erasing, tombstones
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url, autocommit=True) as db:
        seen = erasing.preview(db, subject, now=utc_now())
        if refused(seen):
            raise fail(seen.detail)
        if seen.waits_for:
            raise fail(seen.waits_for.detail)
        for table, count in seen.blanked.items():
            typer.echo(f"{table}: {count} blanked")
        for table, count in seen.removed.items():
            typer.echo(f"{table}: {count} removed")
        if not yes and not typer.confirm(f"Erase {seen.subject}? This cannot be undone."):
            raise fail("Nothing was done.")
        done = erasing.erase(db, subject, now=utc_now(), actor=_ACTOR)
        if refused(done):
            raise fail(done.detail)
        tombstones.keep(db)
    typer.echo(f"{done.subject} was erased{' already' if done.already else ''}.")


@app.command("hold")
def hold(
    subject: Subject,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day, such as 2027-12-31.")],
    reason: Annotated[str, typer.Option(help="Why, such as the number of a case.")],
) -> None:
    """Keep what is known of somebody because the law says so: until that day nobody erases them.

    For example:

        onhand privacy hold customer/C77 --until 2027-12-31 --reason "case 7"
    """
    from onhand.access.privacy.holds import hold as place
    from onhand.core.cards import fault_in
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    if card := fault_in(reason, "reason"):
        raise fail(card.detail)
    end = until.replace(hour=23, minute=59, second=59, tzinfo=UTC)
    with database(configuration.read()) as url, connect(url) as db:
        answer = place(db, subject, end, reason, now=utc_now(), actor=_ACTOR)
        db.commit()
    if refused(answer):
        raise fail(answer.detail)
    typer.echo(f"{answer} is held until {end:%Y-%m-%d}.")


@app.command("release")
def release(subject: Subject) -> None:
    """End the holds on somebody: they can be erased again."""
    from onhand.access.privacy.holds import release as end
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        answer = end(db, subject, now=utc_now(), actor=_ACTOR)
        db.commit()
    if refused(answer):
        raise fail(answer.detail)
    typer.echo(f"{answer} holds have ended.")


@app.command("seal")
def seal() -> None:
    """Seal what was written before there were keys. The housekeeper does it by and by; this does all of it now."""
    from onhand.access.privacy.sealing import seal_all
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url, autocommit=True) as db:
        count = seal_all(db)
    typer.echo(f"{count} rows were sealed; nothing is plain now.")


@app.command("replay")
def replay(
    file: Annotated[Path | None, typer.Option(help="The tombstones; those of ONHAND_TOMBSTONES without it.")] = None,
) -> None:
    """After a restore: erase again whoever was erased since the backup was made.

    For example:

        onhand privacy replay --file /safe/erasures.jsonl
    """
    from onhand.access.privacy.tombstones import keep, path, replay_erasures
    from onhand.core.database import connect

    file = file or path()
    if not file.exists():
        raise fail(f"There are no tombstones at {file}; give the file with --file.")
    with database(configuration.read()) as url, connect(url, autocommit=True) as db:
        done = replay_erasures(db, file)
        keep(db, whole=True)
    typer.echo(
        f"{done.erased} erased again, {done.already} erased already, {done.unknown} not known here,"
        f" {done.newer} known anew since."
    )


@keys_app.command("make")
def make() -> None:
    """Print a new master key as ONHAND_FIELD_KEYS writes it. Keep it apart from the database and its backups.

    For example:

        ONHAND_FIELD_KEYS=$(onhand keys make) onhand serve
    """
    from onhand.access.privacy.masters import made

    typer.echo(made())


@keys_app.command("list")
def list_keys() -> None:
    """List the master keys: the first one wraps what is new. Of each, how many people's keys it wraps."""
    from onhand.access.privacy.masters import SOURCE
    from onhand.access.privacy.rotating import used
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url) as db:
        known, counts = SOURCE.now(), used(db)
    for name, count in counts.items():
        state = "first" if name == known.first else "known" if name in known.ciphers else "MISSING"
        typer.echo(f"{name:<34} {state:<8} wraps {count}")


@keys_app.command("rotate")
def rotate(
    rewrap: Annotated[bool, typer.Option("--rewrap", help="Only wrap by the first key what is left.")] = False,  # noqa: FBT002
) -> None:
    """Put a new master key first and wrap everybody's key by it, while all goes on. Stopped, it goes on with --rewrap.

    For example:

        onhand keys rotate
    """
    from onhand.access.privacy import rotating
    from onhand.access.privacy.errors import BadMasterKeys
    from onhand.core.clock import utc_now
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url, autocommit=True) as db:
        try:
            if not rewrap:
                rotating.add_master()
        except BadMasterKeys as fault:
            raise fail(f"ONHAND_FIELD_KEYS {fault}.") from fault
        done = rotating.rewrap(db, now=utc_now(), actor=_ACTOR, watch=_say)
    typer.echo(f"{done.wrapped} keys are wrapped by {done.master} now.")
    if done.unused:
        typer.echo(f"{', '.join(done.unused)} wraps none any more: keep it for as long as backups of before are kept.")


def _say(done: int, of: int) -> None:
    typer.echo(f"{done} of {of}", err=True)
