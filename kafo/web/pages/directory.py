"""The directory: people found by what one remembers of them, and one person's record. Stewards only."""

from starlette.responses import Response

from kafo.web.memory import state_of_register
from kafo.web.personal import looking, reason_of
from kafo.web.render import go, page
from kafo.web.site import Visit
from pipelines.directory.life import read_life
from pipelines.directory.search import FILTERS, Found, Wanted, name_parts, search
from pipelines.directory.wording import Wording, wording
from pipelines.identity.acts import split as split_person
from warehouse.engine import reading

_SHOWN = 50
_CHOSEN = ("sex", "nationality", "occupation", "cercle", "site")


def ask(visit: Visit) -> Response:
    """An empty search."""
    return _page(visit, Wanted(), [], 0)


def find(visit: Visit) -> Response:
    """Who fits. What was typed stands in no address and no log."""
    filters = {name: visit.field(name, 60) for name in FILTERS}
    wanted = Wanted(visit.field("words", 80), filters)
    with looking(visit) as look:
        parts = visit.site.memory.of(
            "name_parts", state_of_register(look.connection), lambda: name_parts(look.connection)
        )
        found, total = search(look.connection, wanted, parts, limit=_SHOWN)
        if found:
            look.note("search", "person", len(found))
    return _page(visit, wanted, found, total)


def person(visit: Visit) -> Response:
    """One person, from every record that speaks of them."""
    person_id = visit.part("person_id")
    with looking(visit) as look:
        life = read_life(look.connection, person_id)
        if life is not None:
            look.note("show", person_id, 1)
    if life is None:
        text = visit.language.text("Cette personne n'est pas, ou plus, dans le répertoire.")
        return page(visit, "problem.html", status=404, text=text)
    if life.merged_into:
        return go(f"/directory/{life.merged_into}")
    return page(visit, "person.html", life=life, reason=reason_of(visit))


def split(visit: Visit) -> Response:
    """Some of these registrations are somebody else's."""
    person_id, now = visit.part("person_id"), visit.site.now()
    leaving = [value for value in visit.form.getlist("leaving") if isinstance(value, str)][:50]
    outcome = split_person(visit.site.writer, person_id, leaving, who=visit.who.name, now=now)
    visit.note("person_split", f"{person_id} {outcome.action_id}")
    return go(f"/directory/{person_id}")


def _page(visit: Visit, wanted: Wanted, found: list[Found], total: int) -> Response:
    with reading(visit.site.reader) as connection:
        words = wording(connection)
    choices = {name: _options(visit, words, name) for name in _CHOSEN}
    return page(
        visit, "directory.html", wanted=wanted, found=found, total=total, words=words,
        choices=choices, reason=reason_of(visit), most=_SHOWN,
    )  # fmt: skip


def _options(visit: Visit, words: Wording, column: str) -> list[tuple[str, str]]:
    """Code and label of every choice, by label."""
    known = [
        (code, visit.language.of(*label))
        for (name, code), label in words.choices.items()
        if name == column
    ]
    return sorted(known, key=lambda option: option[1])
