"""What every printed sheet needs: a QR drawn as vectors, text that fits, a file written whole."""

import os
import tempfile
from pathlib import Path
from typing import Any

import segno
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

QUIET_MODULES = 4  # ISO/IEC 18004: white modules around a QR code


def new_sheet(target: Any, *, title: str, author: str) -> Canvas:
    """An empty A4 document in French; the same content always gives the same bytes."""
    canvas = Canvas(target, pagesize=(595.2756, 841.8898), invariant=1, lang="fr")
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setCreator("kafo")
    return canvas


def draw_qr(canvas: Canvas, code: segno.QRCode, x: float, y: float, *, side: float) -> None:
    """Draw the code with its quiet zone in a square of `side` points, lower left corner (x, y)."""
    rows = [bytes(row) for row in code.matrix]
    module = side / (len(rows) + 2 * QUIET_MODULES)
    top = y + side - QUIET_MODULES * module
    left = x + QUIET_MODULES * module
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        for start, length in _runs(row):
            path.rect(left + start * module, top - (down + 1) * module, length * module, module)
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)


def draw_fitted(
    canvas: Canvas, text: str, x: float, y: float, *, width: float, font: str, size: float
) -> None:
    """Write one line from x, smaller where it would be wider than `width` points."""
    wide = stringWidth(text, font, size)
    canvas.setFont(font, size * min(1.0, width / wide) if wide else size)
    canvas.drawString(x, y, text)


def write_private(path: Path, content: bytes) -> None:
    """Put a whole file in place that only its owner reads: sheets hold secrets or valid codes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _runs(row: bytes) -> list[tuple[int, int]]:
    """The dark stretches of one row of modules, as (start, length)."""
    found, start = [], None
    for at, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            found.append((start, at - start))
            start = None
    return found
