"""Commands `kafo people learn` and `names`: what comparing takes from the people who use it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from forms.language import say
from kafo.cli import configuration, out
from kafo.connection import warehouse

if TYPE_CHECKING:
    from pipelines.identity.learn import Learnt

_NAMES = say("Fichier CSV : kind, variant, name.", "CSV file: kind, variant, name.")


def learn(context: typer.Context) -> None:
    """Fit the re-ranker to the decisions in force; it joins pairs unasked only once proven."""
    from kafo.work import learn_from_decisions

    engine = warehouse(configuration(context))
    out.print(say(*_learnt(learn_from_decisions(engine))), soft_wrap=True)
    engine.dispose()


def _learnt(done: "Learnt") -> tuple[str, str]:
    """What came of it, in words."""
    from pipelines.identity.rerank import ENOUGH, OF_EACH, PRECISION

    if done.outcome == "nothing":
        return "✓ aucune décision nouvelle", "✓ no new decision"
    if done.proof is None:
        return (
            f"✓ {done.decisions} décisions, dont {done.same} « même personne » : il en faut {ENOUGH}, "
            f"et {OF_EACH} de chaque sorte. Rien ne change.",
            f"✓ {done.decisions} decisions, {done.same} of them 'same': {ENOUGH} are needed, and "
            f"{OF_EACH} of each kind. Nothing changes.",
        )
    p = done.proof
    fr = (
        f"sur {p.decisions} décisions, {p.sure} paires sûres mises à l'épreuve, {p.wrong} fausses : "
        f"juste à {100 * p.at_least:.1f} % au moins"
    )
    en = (
        f"of {p.decisions} decisions, {p.sure} sure pairs put to the test, {p.wrong} wrong: right in "
        f"{100 * p.at_least:.1f} % at least"
    )
    if done.outcome == "used":
        return (
            f"✓ appris et prouvé jusqu'au poids {p.floor:.1f} : {fr}. La prochaine comparaison reprend "
            "tout.",
            f"✓ learnt and proven down to a weight of {p.floor:.1f}: {en}. The next comparison takes "
            "everything up again.",
        )
    return (
        f"✓ appris, pas encore prouvé : {fr}, il faut {100 * PRECISION:.0f} %. Rien ne change.",
        f"✓ learnt, not proven yet: {en}, {100 * PRECISION:.0f} % are needed. Nothing changes.",
    )


def names(
    context: typer.Context,
    file: Path | None = typer.Argument(None, help=_NAMES, exists=True, dir_okay=False),
) -> None:
    """The deployment's own equivalences of names: shown, or replaced by those of a CSV file."""
    from pipelines.identity.own_names import own_equivalences, replace_equivalences
    from warehouse.engine import reading

    engine = warehouse(configuration(context))
    if file is None:
        with reading(engine) as connection:
            found = own_equivalences(connection)
        for kind, variant, name in found:
            out.print(f"{kind:5} {variant} = {name}", markup=False)
        out.print(say(f"{len(found)} graphies", f"{len(found)} spellings"))
    else:
        count = replace_equivalences(engine, file)
        out.print(
            say(
                f"✓ {count} graphies ; la prochaine comparaison reprend tout",
                f"✓ {count} spellings; the next comparison takes everything up again",
            )
        )
    engine.dispose()
