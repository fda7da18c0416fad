"""Keeps the audit log of an interview as Collect does (getodk xforms spec, «client audit logs»)."""

from datetime import datetime

_HEADER = "event,node,start,end"


class AuditLog:
    """Events of one interview: when each question was on the screen."""

    def __init__(self, began: datetime) -> None:
        self._rows: list[tuple[str, str, datetime, datetime | None]] = []
        self._open: tuple[str, str, datetime] | None = None
        self._rows.append(("form start", "", began, None))

    def show(self, event: str, node: str, at: datetime) -> None:
        """Another screen comes up, which ends the time of the one before."""
        self.hide(at)
        self._open = (event, node, at)

    def hide(self, at: datetime) -> None:
        """The screen shown goes away."""
        if self._open is not None:
            self._rows.append((*self._open, at))
            self._open = None

    def note(self, event: str, at: datetime) -> None:
        """Something that takes no time: `form save`, `form exit`, `form finalize`."""
        self._rows.append((event, "", at, None))

    def csv(self) -> bytes:
        """The file that Collect sends with the submission."""
        lines = [
            f"{event},{node},{_millis(start)},{_millis(end) if end else ''}"
            for event, node, start, end in self._rows
        ]
        return ("\n".join([_HEADER, *lines]) + "\n").encode()


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
