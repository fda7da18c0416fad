"""What is wrong now: failures, silence, a missing proof, a full disk; each says what to do."""

import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from forms.errors import KafoError
from sync.alarms import Alarm
from sync.erasure_ledger import not_gone
from sync.freshness import Form, age, read_freshness
from sync.silence import BEFORE, Silence, silent_cercles, silent_forms, silent_submitters
from warehouse.access import ALARMING
from warehouse.access_review import looks_of, month_before, reviewed_on
from warehouse.protection_tables import access_log
from warehouse.tables import job, proof

PROOF_HOURS = 48
"""A proof is made once a day: two days old means that one was missed."""

_PHONE_CODE = re.compile(r"[A-Z]{1,8}[-_ ]?[0-9]{1,8}")
"""Names of app users such as PF-01. Web accounts bear names of people: those are not shown."""

_GIGABYTE = 10**9
_REVIEW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Limits:
    """When something counts as wrong (config.yaml, `alarms`)."""

    failed_runs: int
    silence_minutes: int
    silent_days: int
    sending_days: int
    disk_free_gb: float


def conditions(
    connection: Connection,
    limits: Limits,
    *,
    now: str,
    running_since: str,
    jobs: Collection[str],
    folders: Iterable[Path],
) -> list[Alarm]:
    """Every alarm that holds now; `jobs` are the names of the schedule's jobs."""
    found = read_freshness(connection, now=now)
    alarms = [*failed_jobs(connection, limits.failed_runs, jobs)]
    alarms += no_sync(found.last_success_at, limits.silence_minutes, now, running_since)
    if found.last_success_at is not None:
        alarms += _silences(connection, limits, found.last_success_at)
    alarms += _proofs(connection, found.forms, now, running_since)
    alarms += disk_low(folders, limits.disk_free_gb)
    alarms += many_looks(connection, now)
    alarms += not_gone(connection, now)
    alarms += not_reviewed(connection, now)
    return alarms


def unreadable(error: KafoError) -> Alarm:
    """The warehouse itself does not answer."""
    return Alarm("warehouse", error.fr, error.en)


def failed_jobs(connection: Connection, runs: int, jobs: Collection[str]) -> Iterator[Alarm]:
    """Jobs that failed several times in a row."""
    query = select(job).where(job.c.failures >= runs, job.c.name.in_(jobs)).order_by(job.c.name)
    for row in connection.execute(query):
        yield Alarm(
            f"job_failed:{row.name}",
            f"La tâche « {row.name} » a échoué {row.failures} fois de suite. {row.error or ''}",
            f"The job '{row.name}' failed {row.failures} times in a row. {row.error or ''}",
        )


def no_sync(last: str | None, minutes: int, now: str, running_since: str) -> Iterator[Alarm]:
    """No run has reached Central for too long. A computer that was off is given time first."""
    limit = minutes * 60
    if age(last or running_since, now) > limit:
        since = f"{last[:10]} {last[11:16]} UTC" if last else "—"
        yield Alarm(
            "no_sync",
            f"Aucune synchronisation réussie depuis {since}. Lancez « kafo sync » : le message dira "
            "ce qui manque (connexion, mot de passe, ODK Central en panne). Rien n'est perdu : les "
            "réponses attendent sur ODK Central.",
            f"No successful synchronisation since {since}. Run 'kafo sync': its message says what "
            "is missing (connection, password, ODK Central out of order). Nothing is lost: the "
            "answers wait on ODK Central.",
            begins=age(running_since, now) > limit,
        )


def _silences(connection: Connection, limits: Limits, as_of: str) -> Iterator[Alarm]:
    days, sending = limits.silent_days, limits.sending_days
    for silence in silent_forms(connection, as_of=as_of, silent_days=days, sending_days=sending):
        yield silent_form(silence)
    for silence in silent_submitters(
        connection, as_of=as_of, silent_days=days, sending_days=sending
    ):
        yield silent_submitter(silence)
    for silence in silent_cercles(connection, as_of=as_of, silent_days=days, sending_days=sending):
        yield silent_cercle(silence)


def silent_form(found: Silence) -> Alarm:
    """Nothing more from a form."""
    return Alarm(
        f"form_silent:{found.project_id}:{found.who}",
        f"Plus rien du formulaire « {found.who} » depuis le {found.last}, alors qu'il arrivait "
        f"régulièrement ({found.days} jours sur {BEFORE}). Est-il encore ouvert sur ODK Central "
        "et présent sur les téléphones ? Si l'activité est finie, rien à faire.",
        f"Nothing more from the form '{found.who}' since {found.last}, though it used to come "
        f"regularly ({found.days} days of {BEFORE}). Is it still open on ODK Central and on the "
        "phones? If the activity is over, there is nothing to do.",
    )


def silent_submitter(found: Silence) -> Alarm:
    """Nothing more from a phone; a person's name is never shown."""
    named = _PHONE_CODE.fullmatch(found.name) is not None
    fr = found.name if named else f"l'utilisateur n° {found.who}"
    en = found.name if named else f"user no. {found.who}"
    return Alarm(
        f"submitter_silent:{found.project_id}:{found.who}",
        f"Plus rien de {fr} depuis le {found.last}, alors que les envois étaient réguliers "
        f"({found.days} jours sur {BEFORE}). Appelez la personne : téléphone perdu, pas de "
        "réseau, ou formulaires finalisés mais pas envoyés ? Si elle est partie, rien à faire.",
        f"Nothing more from {en} since {found.last}, though it used to send regularly "
        f"({found.days} days of {BEFORE}). Call the person: phone lost, no network, or forms "
        "finalised but not sent? If the person has left, there is nothing to do.",
    )


def silent_cercle(found: Silence) -> Alarm:
    """Nothing more from a cercle."""
    return Alarm(
        f"cercle_silent:{found.project_id}:{found.who}",
        f"Plus rien du cercle « {found.who} » depuis le {found.last}, alors qu'il arrivait des "
        f"fiches régulièrement ({found.days} jours sur {BEFORE}). Route coupée, insécurité, point "
        "focal absent ? Si l'activité y est finie, rien à faire.",
        f"Nothing more from the cercle '{found.who}' since {found.last}, though forms used to come "
        f"regularly ({found.days} days of {BEFORE}). Road cut, insecurity, focal point away? If the "
        "activity there is over, there is nothing to do.",
    )


def _proofs(
    connection: Connection, forms: Collection[Form], now: str, running_since: str
) -> Iterator[Alarm]:
    p = proof.c
    newest = select(p.project_id, p.form_id, func.max(p.run_id).label("run_id"))
    newest_of = newest.group_by(p.project_id, p.form_id).subquery()
    query = select(p.project_id, p.form_id, p.proven_at, p.equal).join(
        newest_of,
        (newest_of.c.project_id == p.project_id)
        & (newest_of.c.form_id == p.form_id)
        & (newest_of.c.run_id == p.run_id),
    )
    for row in connection.execute(query.order_by(p.project_id, p.form_id)):
        if (row.project_id, row.form_id) in forms:
            old = timedelta(seconds=age(row.proven_at, now))
            up = timedelta(seconds=age(running_since, now))
            yield from incomplete((row.project_id, row.form_id), old, equal=row.equal, up=up)


def incomplete(form: Form, old: timedelta, *, equal: bool, up: timedelta) -> Iterator[Alarm]:
    """The newest proof of a form found a difference, or is too old. `up`: how long Kafo has run."""
    project_id, form_id = form
    limit = timedelta(hours=PROOF_HOURS)
    if not equal:
        yield Alarm(
            f"proof_failed:{project_id}:{form_id}",
            f"Le formulaire « {form_id} » n'est pas le même sur ODK Central et dans l'entrepôt. Kafo "
            "le corrige au contrôle suivant ; si l'alerte revient, prévenez l'administrateur.",
            f"The form '{form_id}' is not the same on ODK Central and in the warehouse. Kafo "
            "corrects it at the next check; if the alarm comes back, tell the administrator.",
        )
    elif old > limit:
        hours = int(old.total_seconds() // 3600)
        yield Alarm(
            f"proof_old:{project_id}:{form_id}",
            f"La preuve que « {form_id} » est complet date de {hours} heures. L'ordinateur est-il "
            "allumé et connecté la nuit ? Kafo refait la preuve chaque jour.",
            f"The proof that '{form_id}' is complete is {hours} hours old. Is the computer switched "
            "on and connected at night? Kafo proves it every day.",
            begins=up > timedelta(hours=1),
        )


def many_looks(connection: Connection, now: str) -> Iterator[Alarm]:
    """Somebody read more rows of people today than one person's work explains; stewards and the
    administrator count too. Accounts bear names of people: those stay in the access log."""
    a = access_log.c
    read = func.sum(a.row_count)
    query = select(a.who, read).where(a.at >= f"{now[:10]}T00:00:00.000Z").group_by(a.who)
    found = connection.execute(query.having(read > ALARMING).order_by(a.who)).all()
    if found:
        most = max(int(row[1]) for row in found)
        yield Alarm(
            f"many_looks:{now[:10]}:{len(found)}",
            f"Aujourd'hui, {len(found)} compte(s) ont consulté plus de {ALARMING} fiches de personnes "
            f"(jusqu'à {most}). « kafo protection log » dit qui et pourquoi : demandez. En cas de "
            "doute, fermez le compte (« kafo users »).",
            f"Today {len(found)} account(s) have read more than {ALARMING} records of people (up to "
            f"{most}). 'kafo protection log' says who and why: ask. In doubt, close the account "
            "('kafo users').",
        )


def not_reviewed(connection: Connection, now: str) -> Iterator[Alarm]:
    """Nobody has looked through last month's log of who read records of people; a week is given."""
    month = month_before(now)
    if int(now[8:10]) <= _REVIEW_DAYS or reviewed_on(connection, month):
        return
    if looks_of(connection, month):
        yield Alarm(
            f"not_reviewed:{month}",
            f"Le journal des consultations de {month} n'a pas été relu. À deux : « kafo protection "
            "review », puis notez ce que vous avez trouvé (docs/fr/procedures.md).",
            f"The access log of {month} was not reviewed. The two of you: 'kafo protection review', "
            "then note what you found (docs/fr/procedures.md).",
        )


def disk_low(folders: Iterable[Path], free_gb: float) -> Iterator[Alarm]:
    """Too little room where Kafo writes; `free_gb` in units of 10⁹ bytes."""
    free = min(shutil.disk_usage(folder).free for folder in folders)
    if free < free_gb * _GIGABYTE:
        left = f"{free / _GIGABYTE:.1f}"
        yield Alarm(
            "disk_low",
            f"Il ne reste que {left} Go sur le disque. Supprimez d'anciennes sauvegardes ou "
            "d'autres fichiers ; ne supprimez rien dans le dossier de données de Kafo.",
            f"Only {left} GB are left on the disk. Delete old backups or other files; delete "
            "nothing in Kafo's data folder.",
        )
