"""What commands and the schedule do with fresh data, in the order in which it must happen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from forms.errors import KafoError
from kafo.config import Config
from kafo.connection import now
from kafo.private_key import private_key

if TYPE_CHECKING:
    from pipelines.identity.learn import Learnt
    from sync.central import Source
    from sync.ledger import FormReport, RunReport
    from sync.reconcile import Proof
    from sync.rounds import Place, Round


def place(config: Config) -> "Place":
    """Where files go, how far back to ask, and the private key if the configuration names one."""
    from sync.rounds import Place

    key = private_key(config)
    overlap = timedelta(minutes=config.settings.sync.overlap_minutes)
    passphrase = config.secrets.get("encryption_passphrase")
    return Place(config.data, config.data / "attachments", overlap, now, key, passphrase)


def bring(
    config: Config,
    engine: Engine,
    source: "Source",
    *,
    on_form: "Callable[[FormReport], None]" = lambda _: None,
    on_proof: "Callable[[Proof], None] | None" = None,
) -> "tuple[RunReport, Round]":
    """The feed of every form, then files, sealed answers and entity lists; with `on_proof` also
    the comparison with all that Central holds."""
    from sync.pull import pull
    from sync.rounds import finish

    config.data.mkdir(parents=True, exist_ok=True)
    where = place(config)
    run = pull(
        engine,
        source,
        overlap=where.overlap,
        folder=config.data,
        now=now,
        on_form=on_form,
        on_proof=on_proof,
    )
    return run, finish(engine, source, where, whole=on_proof is not None)


def bring_form(
    config: Config,
    engine: Engine,
    source: "Source",
    form_id: str,
    *,
    on_form: "Callable[[FormReport], None]" = lambda _: None,
) -> "RunReport":
    """The feed of one form, in every project that has it."""
    from sync.pull import pull

    config.data.mkdir(parents=True, exist_ok=True)
    where, only = place(config), replace(source, forms=(form_id,))
    return pull(
        engine,
        only,
        overlap=where.overlap,
        folder=config.data,
        now=now,
        on_form=on_form,
        alone=True,
    )


def slow(config: Config, engine: Engine, source: "Source") -> "Round":
    """The slow questions: late files, restorations, comments, replaced files."""
    from sync.rounds import slow_round

    config.data.mkdir(parents=True, exist_ok=True)
    return slow_round(engine, source, place(config))


def derive(config: Config, engine: Engine, *, full: bool = False) -> None:
    """All that is made of the submissions: persons, core tables, indicators, problems.

    Cheap when nothing changed; each step is one transaction, so stopping loses nothing.
    """
    from pipelines.core.refresh import refresh
    from pipelines.identity.update import run as identify
    from pipelines.indicators.compute import compute
    from pipelines.quality.check import run as check

    identify(engine, now=now(), full=full)
    refresh(engine, now=now(), full=full)
    compute(engine, now=now(), full=full)
    check(engine, now=now(), thresholds=config.thresholds)


def learn_from_decisions(engine: Engine) -> "Learnt":
    """Fit what joins persons to the decisions in force. Raises KafoError without scikit-learn."""
    from pipelines.identity.learn import learn

    try:
        return learn(engine, now=now())
    except ModuleNotFoundError as missing:
        raise KafoError(
            "Pour apprendre des décisions il manque une bibliothèque : installez Kafo avec "
            "« pip install 'kafo[train]' ».",
            "A library is missing to learn from decisions: install Kafo by "
            "`pip install 'kafo[train]'`.",
        ) from missing


def settle_people(config: Config, engine: Engine) -> None:
    """At night: learn from the day's decisions, then compare everybody with everybody anew, and make
    of it what is made of it."""
    from pipelines.identity.update import run as identify

    learn_from_decisions(engine)
    identify(engine, now=now(), full=True)
    derive(config, engine)


def publish(engine: Engine) -> None:
    """Decide anew which figures may be shown to whom; nothing to do where none changed."""
    from pipelines.protection.publish import run

    run(engine, now=now())


def derive_and_show(config: Config, engine: Engine) -> None:
    """All that is made of the submissions; on a new installation also the first figures, for which
    the daily judgement would leave people waiting."""
    from sqlalchemy import select

    from warehouse.engine import reading
    from warehouse.protection_tables import publication_state

    derive(config, engine)
    with reading(engine) as connection:
        shown = connection.execute(select(publication_state.c.audience).limit(1)).first()
    if shown is None:
        publish(engine)


def write_back(config: Config, engine: Engine, source: "Source") -> None:
    """What Central must learn from here: review states begun but cut off, submissions to delete, and
    the list of cards on phones."""
    from kafo.form_commands import salt
    from sync.card_list import refill
    from sync.central_erasure import clear_central
    from sync.review_settle import settle

    clear_central(engine, source.client, now=now)
    if config.is_sandbox or "fingerprint_salt" in config.secrets:
        refill(engine, source.client, source.projects, salt=salt(config))
    settle(engine, source.client, now=now())


def keep_within_periods(config: Config, engine: Engine, source: "Callable[[], Source]") -> None:
    """Erase what is past its period, then look whether Central's bin has let go of what was erased."""
    from pipelines.protection.retention import run_retention
    from sync.erasure_check import check_bin

    run_retention(engine, now=now(), store=config.data / "attachments")
    check_bin(engine, source().client, now=now())


def save(config: Config, engine: Engine) -> None:
    """Make a backup; KafoError when it could not be written and read again."""
    from kafo.backup_work import back_up
    from sync.log import note

    made = back_up(config, engine)
    note("backup", bytes=made.size, dropped=made.dropped)


def unequal(proofs: "list[Proof]") -> KafoError | None:
    """What to tell when a comparison ended with a difference."""
    bad = [proof.form_id for proof in proofs if not proof.equal]
    if not bad:
        return None
    names = ", ".join(bad)
    return KafoError(
        f"L'entrepôt et ODK Central diffèrent encore pour : {names}. Voyez « kafo status », puis "
        "relancez « kafo reconcile » ; si cela reste, prévenez l'administrateur d'ODK Central.",
        f"The warehouse and ODK Central still differ for: {names}. See 'kafo status', then run "
        "'kafo reconcile' again; if it stays, tell the administrator of ODK Central.",
    )
