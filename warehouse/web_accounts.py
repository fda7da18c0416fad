"""Accounts of the pages as rows: reading and writing them. Passwords arrive here as hashes only."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, Row, func, select, update

from warehouse.web_tables import web_account, web_session


@dataclass(frozen=True, slots=True)
class Account:
    """Who may log in. `role` may be `none` for an administrator who sees no data."""

    name: str
    role: str
    administrator: bool
    state: str
    must_change: bool
    created_at: str
    password_hash: str = field(repr=False)
    totp_secret: str | None = field(repr=False)
    totp_step: int = 0

    @property
    def active(self) -> bool:
        """Whether the account may log in."""
        return self.state == "active"

    @property
    def answers_for_data(self) -> bool:
        """Whether this is an open account of a data steward."""
        return self.active and self.role == "steward"


def find_account(connection: Connection, name: str) -> Account | None:
    """The account of that name."""
    row = connection.execute(select(web_account).where(web_account.c.name == name)).first()
    return None if row is None else _account(row)


def list_accounts(connection: Connection) -> list[Account]:
    """All of them, those switched off last."""
    rows = connection.execute(select(web_account).order_by(web_account.c.state, web_account.c.name))
    return [_account(row) for row in rows]


def any_account(connection: Connection) -> bool:
    """Whether somebody can log in at all."""
    return bool(connection.scalar(select(func.count()).select_from(web_account)))


def add_account(
    connection: Connection,
    name: str,
    password_hash: str,
    *,
    role: str,
    administrator: bool,
    must_change: bool,
    now: str,
) -> None:
    """Write a new one."""
    connection.execute(
        web_account.insert().values(
            name=name,
            password_hash=password_hash,
            role=role,
            administrator=administrator,
            totp_step=0,
            state="active",
            must_change=must_change,
            created_at=now,
            changed_at=now,
        )
    )


def change_account(connection: Connection, name: str, *, now: str, **values: object) -> None:
    """Change columns. Whoever is logged in under that name is logged out."""
    _set(connection, name, changed_at=now, **values)
    connection.execute(web_session.delete().where(web_session.c.name == name))


def note_code(connection: Connection, name: str, step: int) -> None:
    """Remember the second factor's time step, so that the same code never works twice."""
    _set(connection, name, totp_step=step)


def other_administrators(connection: Connection, name: str) -> int:
    """How many active administrators there are besides this one."""
    c = web_account.c
    query = select(func.count()).where(c.administrator, c.state == "active", c.name != name)
    return connection.scalar(query) or 0


def _set(connection: Connection, name: str, **values: object) -> None:
    connection.execute(update(web_account).where(web_account.c.name == name).values(**values))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(
        name=row.name,
        role=row.role,
        administrator=bool(row.administrator),
        state=row.state,
        must_change=bool(row.must_change),
        created_at=row.created_at,
        password_hash=row.password_hash,
        totp_secret=row.totp_secret,
        totp_step=row.totp_step,
    )
