"""``onhand person``: who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import OPERATOR, database, fail

app = typer.Typer(no_args_is_help=True, help="People who sign in to the pages.")

Password = Annotated[str, typer.Option(help="Their password; made up and shown when left out.", prompt=False)]


@app.command("create")
def create_person(
    name: Annotated[str, typer.Argument(help="The name to sign in with, such as `ana`.")],
    role: Annotated[str, typer.Option(help="What they are here for, such as owner or store_manager.")] = "owner",
    full_name: Annotated[str, typer.Option(help="What to call them.")] = "",
    email: Annotated[str, typer.Option(help="Where letters reach them.")] = "",
    site: Annotated[list[str] | None, typer.Option(help="Where they have the role; everywhere by default.")] = None,
    password: Password = "",
) -> None:
    """Make an account. A password that is made up is shown once, on the standard output.

    For example:

        onhand person create ana --role store_manager --site london --full-name "Ana Souza"
    """
    from onhand.core.database import connect
    from onhand.core.refusals import refused
    from onhand.flows.appoint import admit

    with database(configuration.read()) as url, connect(url) as db:
        made = admit(
            db, name, role, full_name=full_name, email=email, password=password, sites=site or (), actor=OPERATOR
        )
    if refused(made):
        raise fail(made.detail)
    typer.echo(made if not password else f"{name} can sign in.")


@app.command("password")
def new_password(
    name: Annotated[str, typer.Argument(help="Whose password.")],
    password: Password = "",
) -> None:
    """Give somebody another password.

    For example:

        onhand person password ana
    """
    from onhand.access.people import set_password
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        made = set_password(db, name, password, actor=OPERATOR)
    if refused(made):
        raise fail(made.detail)
    typer.echo(made if not password else f"{name} has another password.")


@app.command("post")
def give_post(
    name: Annotated[str, typer.Argument(help="Whose post.")],
    role: Annotated[str, typer.Argument(help="The role, such as store_manager; `onhand role list` names them.")],
    site: Annotated[list[str] | None, typer.Option(help="Where they have it; everywhere by default.")] = None,
    end: Annotated[bool, typer.Option("--end", help="Take the role from them.")] = False,  # noqa: FBT002
) -> None:
    """Give somebody a role, at sites or everywhere, or take it from them.

    For example:

        onhand person post ana store_manager --site london --site leeds

        onhand person post ana owner --end
    """
    from onhand.access.people import end_post
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused
    from onhand.flows import appoint

    with database(configuration.read()) as url, connect(url) as db:
        if end:
            done = end_post(db, name, role, actor=OPERATOR, now=utc_now())
        else:
            done = appoint.give_post(db, name, role, site or (), actor=OPERATOR, now=utc_now())
    if refused(done):
        raise fail(done.detail)
    typer.echo(f"{name}: {role} {'ended' if end else 'at ' + ', '.join(site) if site else 'everywhere'}")


@app.command("may")
def may(
    name: Annotated[str, typer.Argument(help="Whose permissions.")],
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Tell what somebody may do, and why.

    For example:

        onhand person may ana
    """
    import msgspec

    from onhand.access.people import number_of
    from onhand.access.posts import why
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url) as db:
        person = number_of(db, name)
        found = None if person is None else why(db, person)
    if found is None:
        raise fail(f"Nobody is called {name!r} here.")
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for each in found:
        where = "everywhere" if each.everywhere else ", ".join(each.sites)
        roles = "; ".join(
            f"{reason.role} ({reason.how}{' by ' + reason.by if reason.by else ''})" for reason in each.reasons
        )
        typer.echo(f"{each.name:<20} {'yes, ' + where if each.allowed else 'no':<28} {roles}")


@app.command("unlock")
def unlock(name: Annotated[str, typer.Argument(help="Who is to try again.")]) -> None:
    """Let somebody sign in again who was locked out by wrong guesses, theirs or a stranger's.

    For example:

        onhand person unlock ana
    """
    from onhand.access.signin.guessing import lift
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        done = lift(db, name, OPERATOR, utc_now())
    if refused(done):
        raise fail(done.detail)
    typer.echo(f"{name} may try again.")
