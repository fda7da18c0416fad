"""Stores many submissions in one transaction, for benchmarks."""

from collections.abc import Iterable
from datetime import datetime

from sync.sandbox.accounts import Auth
from sync.sandbox.call import Call
from sync.sandbox.forms_state import form_version
from sync.sandbox.problems import not_found
from sync.sandbox.store import Store, one, stamp
from sync.sandbox.submissions_state import create, read_partial, store_files


class _Clock:
    """The little of the server that storing needs."""

    domain = ""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> str:
        """The present as Central prints it."""
        return self._store.now()

    def moment(self) -> datetime:
        """The present."""
        return self._store.clock()


def insert_many(
    store: Store, project_id: int, form_id: str, rows: Iterable[str], *, app_user_id: int
) -> int:
    """Store submissions as if each had been posted by the app user; how many there were."""
    done = 0
    with store.write() as db:
        actor = one(db, "select * from actors where id = ?", app_user_id)
        call = Call(
            world=_Clock(store),
            db=db,
            now=store.now(),
            method="POST",
            path={"project": str(project_id), "form": form_id},
            query={},
            headers={},
            body=b"",
            original_url="",
            auth=Auth(actor),
        )
        for xml in rows:
            partial = read_partial(xml.encode())
            form = form_version(call, form_id, partial.version)
            if form is None:
                raise not_found()
            call.now = stamp(store.clock())
            def_id = create(call, form, partial, draft=False)
            store_files(call, form, partial, def_id)
            done += 1
    return done
