"""The phone that an interview is held on: its clock, its chance and its properties.

JavaRosa asks the machine for the time and for random numbers. An interview that is to happen last
Tuesday, or to come out the same twice, needs them to come from here: preloads (start, end, today,
instance ID) are JavaRosa's own extension points; the XPath functions `today() now() uuid() random()`
are built in before any extension is asked, so they get another name when the form is loaded.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import jpype

from forms.engine.jvm import java

_CLOCKED = ("today", "now", "uuid", "random")
_PREFIX = "device-"
_TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_CALL = re.compile(rf"(?<![\w.$/-])({'|'.join(_CLOCKED)})(?=\s*\()")


@dataclass(frozen=True, slots=True)
class DeviceProperties:
    """What Collect knows of the phone and its user, for metadata questions."""

    username: str = ""
    deviceid: str = ""
    phonenumber: str = ""
    email: str = ""
    location: str = "14.4469 -11.4445 60 5"
    """Where a background location finds the phone: latitude, longitude, altitude, accuracy."""


class Phone:
    """The state of one phone during one interview; without a moment it has the real time."""

    def __init__(
        self, properties: DeviceProperties, moment: datetime | None, rng: Random | None
    ) -> None:
        self.properties, self.rng = properties, rng
        self._moment = moment

    def now(self) -> datetime:
        """The time on the phone, in UTC as in Mali."""
        if self._moment is not None:
            return self._moment
        return datetime.fromtimestamp(int(java("java.lang.System").currentTimeMillis()) / 1000, UTC)

    def spend(self, seconds: float) -> None:
        """Let time pass on a phone whose time is simulated."""
        if self._moment is not None:
            self._moment += timedelta(seconds=seconds)

    def uuid(self) -> str:
        """A version 4 UUID, from the phone's own chance where it has one."""
        if self.rng is None:
            return str(java("java.util.UUID").randomUUID())
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def fraction(self) -> float:
        """A number from 0 to 1."""
        if self.rng is None:
            return float(java("java.lang.Math").random())
        return self.rng.random()

    def property(self, name: str) -> str:
        """A property by the name that a form uses: `deviceid`, `uri:deviceid`, `username` …"""
        known = name.removeprefix("uri:")
        return str(getattr(self.properties, known, "")) if known != "location" else ""


def ask_device(xform: str) -> str:
    """The form with the built-in functions of time and chance replaced by those of the device.

    Only inside tags, so a text that speaks of `today()` stays as it is.
    """
    return _TAG.sub(lambda tag: _CALL.sub(rf"{_PREFIX}\1", tag[0]), xform)


class Device:
    """What one loaded form asks its phone; `phone` is the one of the interview under way."""

    def __init__(self, xform: str) -> None:
        self.phone = Phone(DeviceProperties(), None, None)
        self._functions = [
            _function(name, answer, self) for name, answer in _FUNCTIONS.items() if name in xform
        ]
        """Only those the form calls: JavaRosa copies its table of functions at every step."""

    def attach(self, form: Any) -> None:
        """Answer the form's preloads; once for each form definition."""
        preloader = form.getPreloader()
        for kind, answer in _PRELOADS.items():
            preloader.addPreloadHandler(_preload(kind, answer, self))

    def answer_functions(self, form: Any) -> None:
        """Answer the form's XPath functions; anew for each interview, whose context is new."""
        for function in self._functions:
            form.addFunctionHandler(function)


def _java_date(moment: datetime) -> Any:
    return java("java.util.Date")(int(moment.timestamp() * 1000))


def _data(kind: str, value: Any) -> Any:
    return java(f"core.model.data.{kind}")(value)


# -- preloads: xforms spec, «preload attributes»


def _uid(phone: Phone, _: str) -> Any:
    return _data("StringData", f"uuid:{phone.uuid()}")


def _stamp(phone: Phone, _: str) -> Any:
    return _data("DateTimeData", _java_date(phone.now()))


def _date(phone: Phone, _: str) -> Any:
    return _data("DateData", _java_date(phone.now()))


def _property(phone: Phone, name: str) -> Any:
    found = phone.property(name)
    return _data("StringData", found) if found else None


_PRELOADS = {"uid": _uid, "timestamp": _stamp, "date": _date, "property": _property}


def _preload(kind: str, answer: Any, device: Device) -> Any:
    """A handler of one kind of preload. A timestamp is taken at the start or, once, at the end."""

    def begin(parameter: Any) -> Any:
        late = kind == "timestamp" and str(parameter) != "start"
        return None if late else answer(device.phone, str(parameter))

    def end(node: Any, parameter: Any) -> bool:
        if kind != "timestamp" or str(parameter) != "end":
            return False
        node.setAnswer(answer(device.phone, "end"))
        return True

    methods = {"preloadHandled": lambda: kind, "handlePreload": begin, "handlePostProcess": end}
    return jpype.JProxy("org.javarosa.core.model.utils.IPreloadHandler", dict=methods)


# -- XPath functions


def _pulldata(_: Phone, arguments: Any, context: Any) -> Any:
    """`pulldata(list, wanted, key, value)`: the wanted column of the row with that key."""
    functions = java("xpath.expr.XPathFuncExpr")
    name, wanted, key, value = (str(functions.toString(argument)) for argument in arguments)
    quote = "'" if "'" not in value else '"'
    path = f"instance('{name}')/root/item[{key} = {quote}{value}{quote}]/{wanted}"
    found = java("xpath.XPathParseTool").parseXPath(path).eval(context.getMainInstance(), context)
    return found.getValAt(0) if found.size() else ""


def _today(phone: Phone, _: Any, __: Any) -> Any:
    return java("core.model.utils.DateUtils").roundDate(_java_date(phone.now()))


_FUNCTIONS: dict[str, Any] = {
    "pulldata": _pulldata,
    f"{_PREFIX}today": _today,
    f"{_PREFIX}now": lambda phone, _, __: _java_date(phone.now()),
    f"{_PREFIX}uuid": lambda phone, _, __: jpype.JString(phone.uuid()),
    f"{_PREFIX}random": lambda phone, _, __: jpype.JDouble(phone.fraction()),
}


def _function(name: str, answer: Any, device: Device) -> Any:
    """A handler of one XPath function, which takes its arguments as they are."""
    methods = {
        "getName": lambda: name,
        "getPrototypes": lambda: java("java.util.ArrayList")(),
        "rawArgs": lambda: True,
        "realTime": lambda: False,
        "eval": lambda arguments, context: answer(device.phone, arguments, context),
    }
    return jpype.JProxy("org.javarosa.core.model.condition.IFunctionHandler", dict=methods)
