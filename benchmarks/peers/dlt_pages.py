"""dlt: a REST client that follows Central's own links, merged incrementally (needs `dlt[sqlalchemy]`)."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
from dlt.destinations import sqlalchemy
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

from benchmarks.peers.session import client_of

_EVER = "1970-01-01T00:00:00.000Z"


def main() -> None:
    url, email, password, database, folder = sys.argv[1:]
    session = client_of(url, email, password, Path(folder)).session
    rest = RESTClient(
        f"{url}/v1",
        headers={"Authorization": str(session.headers["Authorization"])},
        paginator=JSONLinkPaginator(next_url_path="$['@odata.nextLink']"),
        data_selector="value",
    )

    @dlt.resource(name="load_dlt", primary_key="__id", write_disposition="merge")
    def submissions(
        changed: Any = dlt.sources.incremental("changed", initial_value=_EVER),
    ) -> Iterator[list[dict[str, Any]]]:
        since = changed.last_value
        filters = f"__system/submissionDate ge {since} or __system/updatedAt ge {since}"
        question = {"$expand": "*", "$top": "1000", "$filter": filters}
        for page in rest.paginate("projects/1/forms/load.svc/Submissions", params=question):
            for row in page:
                system = row["__system"]
                row["changed"] = system["updatedAt"] or system["submissionDate"]
            yield list(page)

    pipeline = dlt.pipeline(
        "load",
        destination=sqlalchemy(database),
        dataset_name="main" if database.startswith("sqlite") else "public",
        pipelines_dir=str(Path(folder) / "dlt"),
    )
    pipeline.run(submissions())


main()
