"""What people type, as what the register knows: the beginning of an instance ID, a card, an old ID."""

from sqlalchemy import Connection, select

from forms.errors import KafoError
from pipelines.identity.links import owners, present_id
from warehouse.identity_tables import registration

_SHORTEST = 4


def registration_of(connection: Connection, typed: str) -> str:
    """The instance ID that begins so, with or without `uuid:`; KafoError for none or several."""
    column = registration.c.instance_id
    start = typed.strip()
    for beginning in (start, f"uuid:{start}"):
        if len(start) < _SHORTEST:
            break
        near = select(column).where(column.startswith(beginning, autoescape=True))
        # Letter for letter: SQLite takes capitals and small letters for the same here.
        found = sorted({i for i in connection.scalars(near.limit(9)) if i.startswith(beginning)})
        if start in found or len(found) == 1:
            return start if start in found else found[0]
        if found:
            raise KafoError(
                f"Plusieurs fiches commencent par {typed}. Donnez plus de signes.",
                f"Several registrations begin with {typed}. Give more signs.",
            )
    raise KafoError(
        f"Aucune fiche du registre ne commence par {typed}. Les fiches à revoir : « kafo people "
        "review ».",
        f"No registration of the register begins with {typed}. For those to review: `kafo people "
        "review`.",
    )


def person_of(connection: Connection, typed: str) -> str:
    """The person with this ID (or a former one) or card; KafoError when it is nobody, or two."""
    found = present_id(connection, typed.strip())
    if found is not None:
        return found
    cards = owners(connection, [typed.strip()])
    if cards.unclear:
        raise KafoError(
            "Cette carte a été donnée à plusieurs personnes. Donnez l’identifiant de l’une d’elles : "
            + ", ".join(*cards.unclear.values()),
            "This card was given to several persons. Give the ID of one of them: "
            + ", ".join(*cards.unclear.values()),
        )
    if cards.owner:
        return next(iter(cards.owner.values()))
    raise KafoError(
        "Personne du registre n’a cet identifiant ni cette carte.",
        "Nobody in the register has this ID or this card.",
    )
