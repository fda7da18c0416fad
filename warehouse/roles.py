"""Who may read what on PostgreSQL, enforced by the database itself.

Roles are groups without login (`kafo_…`, the same for all databases of the server); a person's own
login is made a member of one: `create role awa login in role kafo_steward`. There is no role for
police, gendarmerie, town hall, employers or funders, and a test keeps it so. Grants are given anew
whenever tables or views appear, so that nothing new is open by accident.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from warehouse.dictionary import open_columns
from warehouse.tables import SCHEMAS, question

PREFIX = "kafo_"
ROLES = (
    "enumerator", "union_untm", "union_cstm", "data_manager", "steward", "analyst", "publisher",
)  # fmt: skip
UNIONS = {"union_untm": "untm", "union_cstm": "cstm"}

_PERSONAL = ("raw", "forms", "identity")
_EXPLAINING = ("dictionary", "question", "question_label", "choice", "view_definition", "form")
"""Tables of `ops` that say what the others mean."""

_RESTRICTED = (
    "membership", "member", "dues", "referral", "labour", "site_visit", "mining_site", "consent",
    "rights_request", "indicator_value", "indicator_month",
)  # fmt: skip
"""Beginnings of names of core tables about union, cases, documents or exact places: never the analyst's."""

_UNION_COLUMNS = ("union_code", "union")
_OPEN_CLASSES = ("P", "I")
_ALWAYS = ("instance_id", "row_path", "parent_path", "row_number", "submitted_at", "form_version",
           "review_state", "submitter_name")  # fmt: skip


def create_roles(connection: Connection) -> bool:
    """Make the roles that are missing; False when the account may not (an administrator then does)."""
    missing = [role for role in ROLES if not _exists(connection, role)]
    may = "select rolcreaterole or rolsuper from pg_roles where rolname = current_user"
    if missing and not connection.scalar(text(may)):
        return False
    for role in missing:
        # Another database of the server may make the same role at this moment.
        connection.exec_driver_sql(
            f"do $$ begin create role {PREFIX}{role} nologin; "
            "exception when duplicate_object or unique_violation then null; end $$"
        )
    return True


def apply_grants(connection: Connection) -> None:
    """Give every role exactly what it may read, of the tables and views there are now; PostgreSQL
    only. Nothing happens while the roles are missing and the account may not create them."""
    if connection.dialect.name != "postgresql" or not create_roles(connection):
        return
    there = _Relations(connection)
    mark = _mark(connection, there)
    if connection.scalar(text(_MARK)) == mark:
        return  # nothing appeared: policies are not made again, which would wait for every reader
    for role in ROLES:
        for schema in there.schemas:
            connection.exec_driver_sql(
                f"revoke all on all tables in schema {schema} from {PREFIX}{role}"
            )
            connection.exec_driver_sql(f"revoke all on schema {schema} from {PREFIX}{role}")
    _guard_rows(connection, there)
    _steward(connection, there)
    _data_manager(connection, there)
    _analyst(connection, there)
    _publisher(connection, there)
    for role in UNIONS:
        _union(connection, there, role)
    connection.exec_driver_sql(f"comment on schema ops is '{mark}'")


_MARK = "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = 'ops'"


def _mark(connection: Connection, there: "_Relations") -> str:
    """Changes whenever these rules, a table, a view, a column or the class of a question does."""
    q = question.c
    classes = connection.execute(select(q.table_name, q.column_name, q.sensitivity)).all()
    opened = {t: open_columns(t, there.columns["core", t]) for t in there.tables["core"]}
    state = (
        opened,
        there.tables,
        there.views,
        sorted(map(repr, there.columns.items())),
        sorted(map(repr, classes)),
    )
    rules = Path(__file__).read_bytes()
    return "grants " + hashlib.blake2b(rules + repr(state).encode(), digest_size=16).hexdigest()


class _Relations:
    """Tables and views by schema."""

    def __init__(self, connection: Connection) -> None:
        inspector = inspect(connection)
        known = set(inspector.get_schema_names())
        self.schemas = [schema for schema in SCHEMAS if schema in known]
        self.tables = {s: sorted(inspector.get_table_names(schema=s)) for s in self.schemas}
        self.views = {s: sorted(inspector.get_view_names(schema=s)) for s in self.schemas}
        self.columns = {
            (s, t): sorted(str(c["name"]) for c in inspector.get_columns(t, schema=s))
            for s in self.schemas
            for t in self.tables[s]
        }

    def all(self, schema: str) -> list[str]:
        """Tables and views of a schema."""
        return self.tables.get(schema, []) + self.views.get(schema, [])


def _steward(connection: Connection, there: _Relations) -> None:
    """The two stewards see everything but accounts of the pages."""
    for schema in (*_PERSONAL, "core", "reporting", "ops"):
        _grant(connection, "steward", schema, there.all(schema))


def _data_manager(connection: Connection, there: _Relations) -> None:
    """How the system works and what the figures are; of answers only public and internal columns."""
    for schema in ("reporting", "ops"):
        _grant(connection, "data_manager", schema, there.all(schema))
    allowed = [t for t in there.all("core") if not _of_union(there, t)]
    _grant_open(connection, "data_manager", there, allowed)
    q = question.c
    classes = select(q.table_name, q.column_name).where(q.sensitivity.in_(_OPEN_CLASSES))
    open_columns: dict[str, list[str]] = {}
    for table, column in connection.execute(classes):
        open_columns.setdefault(str(table), []).append(str(column))
    _use(connection, "data_manager", "forms")
    for table, columns in open_columns.items():
        have = there.columns.get(("forms", table), [])
        chosen = [c for c in (*_ALWAYS, *dict.fromkeys(columns)) if c in have]
        names = ", ".join(f'"{c}"' for c in chosen)
        if chosen:
            connection.exec_driver_sql(
                f'grant select ({names}) on forms."{table}" to {PREFIX}data_manager'
            )


def _analyst(connection: Connection, there: _Relations) -> None:
    """Pseudonymous tables without union, cases, documents and places, and all that is published."""
    core = [t for t in there.all("core") if not t.startswith(_RESTRICTED)]
    _grant_open(connection, "analyst", there, core)
    _grant(connection, "analyst", "reporting", there.all("reporting"))
    _grant(connection, "analyst", "ops", [t for t in _EXPLAINING if t in there.tables["ops"]])


def _publisher(connection: Connection, there: _Relations) -> None:
    """Only what is published to the outside: rows are filtered, see `_guard_rows`."""
    known = ("published_cell", "code_label", "calendar", "indicator")
    shown = [t for t in there.tables["reporting"] if t in known]
    public = [v for v in there.views["reporting"] if v.endswith("_public")]
    for view in public:  # with the reader's rights, so that the filter of the rows holds here too
        connection.exec_driver_sql(f"alter view reporting.{view} set (security_invoker = true)")
    _grant(connection, "publisher", "reporting", shown + public)
    explained = [t for t in ("dictionary", "view_definition") if t in there.tables["ops"]]
    _grant(connection, "publisher", "ops", explained)


def _union(connection: Connection, there: _Relations, role: str) -> None:
    """Published figures, and the rows of the union's own members."""
    _grant(connection, role, "reporting", there.all("reporting"))
    explained = [t for t in ("dictionary", "view_definition") if t in there.tables["ops"]]
    _grant(connection, role, "ops", explained)
    _grant(connection, role, "core", [t for t in there.tables["core"] if _of_union(there, t)])
    if "union_members" in there.views["identity"]:
        _grant(connection, role, "identity", ["union_members"])


def _guard_rows(connection: Connection, there: _Relations) -> None:
    """Row-level security: a union sees its own rows, the publisher what is for the outside."""
    for table in there.tables["core"]:
        column = _of_union(there, table)
        if column:
            policies = {"kafo_all": (("steward",), "true")} | {
                f"kafo_{code}": ((role,), f"{column} = '{code}'") for role, code in UNIONS.items()
            }
            _policies(connection, "core", table, policies)
    for table in there.tables["forms"]:
        if _UNION_COLUMNS[1] in there.columns["forms", table]:
            _policies(connection, "forms", table, {"kafo_all": (("steward",), "true")})
    if "published_cell" in there.tables["reporting"]:
        inside = ("steward", "data_manager", "analyst", *UNIONS)
        _policies(
            connection,
            "reporting",
            "published_cell",
            {
                "kafo_inside": (inside, "true"),
                "kafo_outside": (("publisher",), "audience = 'outside'"),
            },
        )


def _policies(
    connection: Connection,
    schema: str,
    table: str,
    policies: Mapping[str, tuple[tuple[str, ...], str]],
) -> None:
    name = f'{schema}."{table}"'
    connection.exec_driver_sql(f"alter table {name} enable row level security")
    for policy, (roles, condition) in policies.items():
        members = ", ".join(PREFIX + role for role in roles)
        connection.exec_driver_sql(f"drop policy if exists {policy} on {name}")
        connection.exec_driver_sql(
            f"create policy {policy} on {name} for select to {members} using ({condition})"
        )


def _of_union(there: _Relations, table: str) -> str | None:
    """The column that says which union a row of a core table belongs to."""
    columns = there.columns.get(("core", table), [])
    found = next((c for c in _UNION_COLUMNS if c in columns), None)
    return None if found is None or table.startswith("ref_") else f'"{found}"'


def _use(connection: Connection, role: str, schema: str) -> None:
    connection.exec_driver_sql(f"grant usage on schema {schema} to {PREFIX}{role}")


def _grant(connection: Connection, role: str, schema: str, names: Iterable[str]) -> None:
    _use(connection, role, schema)
    quoted = ", ".join(f'{schema}."{name}"' for name in names)
    if quoted:
        connection.exec_driver_sql(f"grant select on {quoted} to {PREFIX}{role}")


def _grant_open(connection: Connection, role: str, there: _Relations, names: Iterable[str]) -> None:
    """Of core tables only public and internal columns, as the dictionary classes them."""
    whole = []
    for name in names:
        columns = there.columns.get(("core", name), [])
        chosen = open_columns(name, columns)
        if name.startswith("ref_") or name in there.views["core"] or chosen == columns:
            whole.append(name)
        elif chosen:
            quoted = ", ".join(f'"{c}"' for c in chosen)
            connection.exec_driver_sql(
                f'grant select ({quoted}) on core."{name}" to {PREFIX}{role}'
            )
    _grant(connection, role, "core", whole)


def _exists(connection: Connection, role: str) -> bool:
    query = text("select 1 from pg_roles where rolname = :name")
    return connection.execute(query, {"name": PREFIX + role}).first() is not None
