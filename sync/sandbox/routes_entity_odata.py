"""The OData feed of an entity list. It has no ETag, and its rows never say `deletedAt`."""

import json
from collections.abc import Iterator
from math import inf
from urllib.parse import urlsplit

from sync.sandbox.call import XML, Answer, Call, Reply, Stream, compact
from sync.sandbox.datasets_state import dataset_of, property_names
from sync.sandbox.endpoint import Endpoint
from sync.sandbox.entity_csv import ENTITIES
from sync.sandbox.odata_filter import ENTITY_FIELDS, Where, order_by, where
from sync.sandbox.odata_metadata import dataset_metadata
from sync.sandbox.odata_query import Page, footer, next_link, page_of, service_root
from sync.sandbox.problems import property_not_found
from sync.sandbox.routes_odata import MINIMAL
from sync.sandbox.schema import odata_name
from sync.sandbox.store import Row, one


def _service(call: Call) -> Answer:
    dataset_of(call, "entity.list")
    path = urlsplit(call.original_url).path
    table = {"name": "Entities", "kind": "EntitySet", "url": "Entities"}
    body = {"@odata.context": f"{call.world.domain}{path}/$metadata", "value": [table]}
    return Reply(compact(body).encode(), MINIMAL)


def _metadata(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.list")
    names = property_names(call.db, dataset["id"])
    return Reply(dataset_metadata(dataset["name"], names).encode(), XML)


def _entities(call: Call) -> Answer:
    dataset = dataset_of(call, "entity.list")
    page = page_of(call.query)
    rule = where(page.filter, ENTITY_FIELDS, call.now)
    rule = _and_search(rule, call.query.get("$search"))
    order = order_by(page.orderby, ENTITY_FIELDS, "e.id")
    names = property_names(call.db, dataset["id"])
    selected = _selected(call.query.get("$select"), names)
    return Stream(_stream(call, dataset, page, rule, order, names, selected))


def _and_search(rule: Where, text: str | None) -> Where:
    """Whole words in the label or the data, all of them."""
    sql, values = rule.sql, list(rule.values)
    for word in (text or "").split():
        sql += " and (' ' || lower(d.label || ' ' || d.data) || ' ') like ?"
        values.append(f"%{word.lower()}%")
    return Where(f"({sql})", tuple(values))


def _selected(wanted: str | None, names: list[str]) -> set[str] | None:
    """`label` cannot be asked for, though it comes when nothing is asked for."""
    if not wanted or wanted == "*":
        return None
    found = [name.strip() for name in wanted.split(",")]
    known = {"__id", "__system", *ENTITY_FIELDS, *names}
    for name in found:
        if name not in known:
            raise property_not_found(name)
    return set(found)


def _stream(
    call: Call,
    dataset: Row,
    page: Page,
    rule: Where,
    order: str,
    names: list[str],
    selected: set[str] | None,
) -> Iterator[bytes]:
    after = _after_cursor(call, page)
    total = _count(call, dataset, rule)
    rest = _count(call, dataset, Where(rule.sql + after.sql, rule.values + after.values))
    limit = -1 if page.limit == inf else int(page.limit)
    sql = f"{ENTITIES} and {rule.sql}{after.sql} {order} limit ? offset ?"
    values = (dataset["id"], *rule.values, *after.values, limit, page.offset)
    last, glue = "", '{"value":['
    for row in call.db.execute(sql, values):
        yield (glue + compact(_row(row, names, selected))).encode()
        last, glue = row["uuid"], ","
    left = rest - page.limit if page.cursor else total - (page.limit + page.offset)
    link = next_link(call.original_url, {"uuid": last}) if left > 0 else None
    count = total if page.count else None
    text = footer(service_root(call.original_url), call.world.domain, "Entities", link, count)
    yield ((glue if glue != "," else "") + "]," + text).encode()


def _after_cursor(call: Call, page: Page) -> Where:
    """Central's own condition, which can lose rows: `createdAt <=` and `id <` [central.md §1]."""
    if page.cursor is None:
        return Where("")
    found = call.one("select createdAt, id from entities where uuid = ?", page.cursor.get("uuid"))
    if found is None:
        return Where(" and 0")
    return Where(" and e.createdAt <= ? and e.id < ?", (found["createdAt"], found["id"]))


def _count(call: Call, dataset: Row, rule: Where) -> int:
    sql = f"""
      select count(*) from entities e join entity_defs d on d.entityId = e.id and d.current
      where e.datasetId = ? and {rule.sql}"""
    found = one(call.db, sql, dataset["id"], *rule.values)
    assert found is not None
    return int(found[0])


def _row(row: Row, names: list[str], selected: set[str] | None) -> dict[str, object]:
    system: dict[str, object] = {
        "createdAt": row["createdAt"],
        "creatorId": str(row["creatorId"]),
        "creatorName": row["creatorName"],
        "updates": row["version"] - 1,
        "updatedAt": row["updatedAt"],
        "version": row["version"],
        "conflict": row["conflict"],
    }
    data = json.loads(row["data"])
    if selected is None:
        shown: dict[str, object] = {"__id": row["uuid"], "label": row["label"], "__system": system}
    else:
        shown = {"__id": row["uuid"]} if "__id" in selected else {}
        if "__system" not in selected:
            system = {name: part for name, part in system.items() if f"__system/{name}" in selected}
        shown |= {"__system": system} if system else {}
    wanted = [name for name in names if selected is None or name in selected]
    return shown | {odata_name(name): data.get(name, "") for name in wanted}


_D = "/projects/{project}/datasets/{dataset}.svc"
ROUTES = (
    Endpoint("GET", _D, _service, "odata"),
    Endpoint("GET", _D + "/$metadata", _metadata, "odata xml"),
    Endpoint("GET", _D + "/Entities", _entities, "odata"),
)
