"""Charts are drawn by a process of its own, which leaves; the pages only name them."""

import os
import re
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from kafo.web.charts import arrivals_chart, periods_chart
from kafo.web.drawing import Studio, studio


@pytest.fixture
def own_studio() -> Iterator[Studio]:
    found = Studio()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def nobody_draws_on() -> Iterator[None]:
    yield
    studio.close()


def chart(n: int) -> dict[str, object]:
    return {
        "data": {"values": [{"a": "<b>x</b>", "n": n}]},
        "mark": "bar",
        "encoding": {
            "x": {"field": "a", "type": "nominal"},
            "y": {"field": "n", "type": "quantitative"},
        },
    }


def test_a_chart_is_drawn_elsewhere_and_texts_stay_texts(own_studio: Studio) -> None:
    picture = own_studio.picture(own_studio.keep(chart(3))) or b""
    assert picture.startswith(b"<svg")
    assert b"<b>" not in picture
    assert own_studio._worker is not None
    assert own_studio._worker.pid != os.getpid()


def test_the_process_leaves_when_nobody_asks_and_comes_back_when_somebody_does() -> None:
    own = Studio(idle=0.01)
    assert own.picture(own.keep(chart(1)))
    timer = own._timer
    assert timer is not None
    timer.join(20)
    assert own._worker is None
    assert own.picture(own.keep(chart(2)))
    own.close()


def test_a_killed_process_is_replaced(own_studio: Studio) -> None:
    own_studio.picture(own_studio.keep(chart(1)))
    assert own_studio._worker is not None
    own_studio._worker.kill()
    own_studio._worker.wait()
    assert own_studio.picture(own_studio.keep(chart(2)))


def test_a_chart_that_cannot_be_drawn_is_none_and_the_next_one_is_drawn(own_studio: Studio) -> None:
    assert own_studio.picture(own_studio.keep({"mark": {"never": 1}})) is None
    assert own_studio.picture(own_studio.keep(chart(4)))


def test_many_browsers_ask_at_once(own_studio: Studio) -> None:
    digests = [own_studio.keep(chart(n)) for n in range(8)]
    found: list[bytes | None] = []
    readers = [Thread(target=lambda d=d: found.append(own_studio.picture(d))) for d in digests]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len({picture for picture in found if picture}) == 8


def test_charts_have_a_place_for_days_without_arrivals_and_none_for_one_period() -> None:
    address = arrivals_chart(
        [("2026-11-01", "a", 3)], since="2026-11-01", until="2026-11-03", form="F", count="N"
    )
    picture = studio.picture(address.removeprefix("/charts/")) or b""
    assert b">03/11<" in picture
    assert b'width="760"' in picture
    assert periods_chart([("T1", 4.0), ("T2", None)], title="V") == ""


def test_the_page_names_a_picture_that_only_people_with_an_account_get(
    log_in: Callable[..., TestClient], browser: Callable[..., TestClient], writer: Engine
) -> None:
    with writer.begin() as connection:
        connection.execute(
            text("insert into submission (project_id, form_id, instance_id, submitted_at) "
                 "values (1, 'small', 'uuid:1', '2026-11-22T10:00:00.000Z')")
        )  # fmt: skip
    steward = log_in("steward")
    found = re.search(r'<img src="(/charts/[0-9a-f]{64})" alt=""', steward.get("/sync").text)
    assert found
    answer = steward.get(found[1])
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"].startswith("private")
    assert browser().get(found[1]).status_code == 303
    assert steward.get("/charts/" + "0" * 64).status_code == 404
