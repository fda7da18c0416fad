"""Sends finished interviews as ODK Collect does: OpenRosa, one multipart request, patient."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.errors import KafoError

if TYPE_CHECKING:
    from requests import Response, Session

    from forms.interviews.interviewer import Finished

_HEADERS = {
    "X-OpenRosa-Version": "1.0",
    "User-Agent": "org.odk.collect.android/v2026.3.3 Dalvik/2.1.0 (simulated)",
}
_TYPES = {
    "csv": "text/csv", "jpg": "image/jpeg", "m4a": "audio/mp4", "mp4": "video/mp4",
    "pdf": "application/pdf",
}  # fmt: skip
_TIMEOUT = (10.0, 60.0)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone as an app user of Central set it up: the server address holds its token."""

    server_url: str
    device_id: str

    def __repr__(self) -> str:
        return f"Phone(device_id={self.device_id!r})"  # the token must not get into a log


def greet(session: "Session", phone: Phone) -> bool:
    """Ask as Collect does before the first submission to an address whether it takes any."""
    answer = session.head(f"{phone.server_url}/submission", headers=_HEADERS, timeout=_TIMEOUT)
    return answer.status_code == 204


def send(session: "Session", phone: Phone, finished: "Finished") -> None:
    """Send one interview; sending it again is answered the same and changes nothing.

    A request that got no answer, or one that asks for patience, is made again like on the next
    round of Collect's automatic sending.
    """
    answer = _until_answered(session, phone, finished)
    if answer is None or answer.status_code not in (201, 202):
        status = "-" if answer is None else answer.status_code
        raise KafoError(
            f"Un téléphone simulé n'a pas pu envoyer un entretien (réponse {status}). Relancez : "
            "rien n'est doublé.",
            f"A simulated phone could not send an interview (answer {status}). Run again: nothing "
            "is doubled.",
        )


def _until_answered(session: "Session", phone: Phone, finished: "Finished") -> "Response | None":
    from requests import ConnectionError as NoConnection
    from requests import Timeout

    answer = None
    for _ in range(_TRIES):
        try:
            answer = session.post(
                f"{phone.server_url}/submission?deviceID={phone.device_id}",
                files=_parts(finished),
                headers=_HEADERS,
                timeout=_TIMEOUT,
            )
        except (NoConnection, Timeout):
            continue
        if answer.status_code < 500:
            break
    return answer


def _parts(finished: "Finished") -> dict[str, tuple[str, bytes, str]]:
    parts = {"xml_submission_file": ("submission.xml", finished.xml.encode(), "text/xml")}
    for name, content in finished.attachments.items():
        kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        parts[name] = (name, content, kind)
    return parts
