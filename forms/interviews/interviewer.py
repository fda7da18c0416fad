"""Enumerators who hold interviews: they answer whatever the engine shows, slip, and correct.

Nothing here knows a form: what is asked comes from the engine, what is answered from the invented
person, the situation or, where neither has an answer, a plausible guess.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from forms.engine import Interview, LoadedForm, Prompt
from forms.engine.guess import FILES, JPEG, guess
from forms.engine.screen import Said
from forms.errors import FormError
from forms.interviews.drift import HANDS, slip
from forms.interviews.people import Person, invent, met_before, pick
from forms.interviews.rules import RULES, Situation
from forms.interviews.traits import CERCLE

_FIRST_MEETING = "identification"
"""The form on which people are met for the first time; all others are about people met before."""

_LEFT_BLANK = 0.08
_MISTYPED = 0.04
_SLIP_UNSEEN = 0.02
_TRIES = 40
_ROWS = {"participant": (4, 14)}
_LONGEST = timedelta(minutes=25)
_NAMES = ("last_name", "first_names")
_HURRIED = 12
"""The enumerator who takes no time to ask: for the quality checks to find."""

_INSTANCE_ID = re.compile(r"<(?:\w+:)?instanceID>([^<]+)<")
_NEW_CODE = re.compile(r"<new_code>([^<]+)<")
_SECONDS = {"note": 18.0, "text": 14.0, "barcode": 9.0, "select_multiple": 11.0, "integer": 7.0}


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished interview, ready to be sent. `refusals` counts answers that the form did not take;
    `who` is the truth about the person, which no phone sends."""

    form_id: str
    version: str
    instance_id: str
    xml: str
    attachments: dict[str, bytes]
    enumerator: int
    ended: datetime
    refusals: int
    english: bool
    who: int


def hold(
    form: LoadedForm,
    *,
    count: int,
    enumerators: int,
    seed: int,
    since: datetime,
    until: datetime,
    first: int = 0,
) -> Iterator[Finished]:
    """Hold interviews number `first` to `first + count - 1`, in working hours between two times.

    The same number and seed give the same person, and with the same times the same submission with
    the same instance ID, so that sending it again changes nothing.
    """
    field_work = _FieldWork(form, seed, enumerators, since, until)
    for number in range(first, first + count):
        yield field_work.interview(number)


@dataclass(frozen=True, slots=True)
class _FieldWork:
    """Everything that makes interview number n what it is, whichever came before."""

    form: LoadedForm
    seed: int
    enumerators: int
    since: datetime
    until: datetime
    codes: dict[int, str | None] = field(default_factory=dict)
    """The code that the phone gave in each interview, where it gave one."""

    def interview(self, number: int) -> Finished:
        rng = self.chance(number, "answers")
        person = self.person(number, rng)
        enumerator = _enumerator(self.seed, number, person, self.enumerators)
        interview = self.form.interview(
            _language(self.form, english=person.english),
            at=_moment(self.since, self.until - _LONGEST, rng),
            rng=self.chance(number, "phone"),
        )
        home = pick(CERCLE, Random(f"{self.seed}/home/{enumerator}"))  # noqa: S311
        situation = Situation(
            person, enumerator, home, interview.phone.now(), rng, lambda: self.earlier_code(number)
        )
        refusals = _hold_one(interview, situation, self, number)
        xml = interview.finish()
        self.codes[number] = next(iter(_NEW_CODE.findall(xml)), None)
        return Finished(
            form_id=self.form.form_id,
            version=self.form.version,
            instance_id=_INSTANCE_ID.findall(xml)[-1],
            xml=xml,
            attachments=dict(interview.attachments),
            enumerator=enumerator,
            ended=interview.phone.now(),
            refusals=refusals,
            english=person.english,
            who=person.who,
        )

    def chance(self, number: int, what: str) -> Random:
        """The random numbers of one interview, for what people say or for what the phone draws."""
        return Random(f"{self.seed}/{self.form.form_id}/{number}/{what}")  # noqa: S311

    def person(self, number: int, rng: Random) -> Person:
        """Whom the interview is about: somebody new, or somebody met before."""
        if self.form.form_id == _FIRST_MEETING:
            return invent(self.seed, number, year=self.until.year)
        return met_before(self.seed, number, rng, year=self.until.year)

    def earlier_code(self, number: int) -> str | None:
        """The code the phone gave in an earlier interview: that one is held again to know it."""
        rng = self.chance(number, "code")
        for earlier in (rng.randrange(number) for _ in range(4 if number else 0)):
            if earlier not in self.codes:
                self.interview(earlier)
            if code := self.codes[earlier]:
                return code
        return None


# -- who, where, when


def _enumerator(seed: int, number: int, person: Person, enumerators: int) -> int:
    """Whoever meets a person again is somebody else, where there is somebody else."""
    first = Random(f"{seed}/enumerator/{person.who}").randrange(enumerators)  # noqa: S311
    if person.who == number or enumerators == 1:
        return first
    step = Random(f"{seed}/enumerator/{number}").randrange(1, enumerators)  # noqa: S311
    return (first + step) % enumerators


def _moment(since: datetime, until: datetime, rng: Random) -> datetime:
    """Between half past seven and six, not on Sundays, where the time given has such hours."""
    for _ in range(50):
        moment = since + (until - since) * rng.random()
        if moment.weekday() < 6 and 7.5 <= moment.hour + moment.minute / 60 <= 18:
            return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return since


def _language(form: LoadedForm, *, english: bool) -> str | None:
    wanted = "(en)" if english else "(fr)"
    return next((name for name in form.languages if name.endswith(wanted)), None)


# -- one interview


def _hold_one(interview: Interview, situation: Situation, work: _FieldWork, number: int) -> int:
    rows: dict[str, int] = {}
    refusals, pace = 0, 0.2 if situation.enumerator == _HURRIED else 1.0
    while (place := interview.forward()) is not None:
        if isinstance(place, str):
            wanted = rows.setdefault(place, situation.rng.randint(*_ROWS.get(_last(place), (1, 3))))
            rows[place] = wanted - 1
            if wanted > 1 and interview.add_repeat():
                situation.person = met_before(
                    work.seed, number, situation.rng, year=situation.now.year
                )
            continue
        mean = pace * _SECONDS.get(place.kind, 5.0)
        interview.phone.spend(round(situation.rng.lognormvariate(0, 0.5) * mean, 3))
        if not place.readonly:
            refusals += _answer(interview, place, situation)
    return refusals


def _answer(interview: Interview, place: Prompt, situation: Situation) -> int:
    """Answer until the form takes it; the number of refusals."""
    name = _last(place.path)
    meant = _meant(place, name, situation)
    for attempt in range(_TRIES):
        said = _typed(meant, place, situation.rng) if attempt == 0 else meant
        if attempt > 1 or (not said and place.required):
            said = guess(place, situation.now, situation.rng)
        if place.kind in FILES and said is not None:
            result = _take(interview, place)
        else:
            result = interview.answer_here(said).result
        if result == "ok":
            situation.said[name] = said
            return attempt
        interview.phone.spend(3)
    if not place.required:
        interview.answer_here(None)
        return _TRIES
    raise FormError(
        f"aucune réponse plausible n'est acceptée après {_TRIES} essais.",
        f"no plausible answer is accepted after {_TRIES} tries.",
        question=place.path,
    )


def _meant(place: Prompt, name: str, situation: Situation) -> Said:
    """What the enumerator means to answer; None is a question left blank."""
    situation.offered = place.values
    rule, said = RULES.get(name), situation.person.says
    if name in said:
        meant = _written(name, said[name], situation)
    elif rule is not None:
        meant = rule(situation)
    else:
        meant = guess(place, situation.now, situation.rng)
    known = name in said or rule is not None
    blank = not place.required and situation.rng.random() < _LEFT_BLANK
    if blank or (known and meant is None):
        return None
    values = [meant] if isinstance(meant, str) else meant or []
    if situation.offered and not set(values) <= set(situation.offered):
        return guess(place, situation.now, situation.rng)
    return meant


def _written(name: str, said: Said, situation: Situation) -> Said:
    """A name as this enumerator writes it, now and then with a slip nobody sees."""
    if name not in _NAMES or not isinstance(said, str):
        return said
    said = HANDS[situation.enumerator % len(HANDS)](said)
    return slip(said, situation.rng) if situation.rng.random() < _SLIP_UNSEEN else said


def _typed(meant: Said, place: Prompt, rng: Random) -> Said:
    """What comes out of the fingers at first: sometimes a digit too many or too few."""
    if not isinstance(meant, str) or not meant.isdigit() or place.offered:
        return meant
    if rng.random() >= _MISTYPED:
        return meant
    return meant[:-1] if len(meant) > 3 else meant + str(rng.randint(0, 9))


def _take(interview: Interview, place: Prompt) -> str:
    """Take a picture or a sound; its name is the phone's."""
    name = f"{int(interview.phone.now().timestamp() * 1000)}.{FILES[place.kind]}"
    return interview.attach(place.path, name, JPEG).result


def _last(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path).rsplit("/", 1)[-1]
