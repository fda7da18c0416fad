"""The cards on paper: A4 sheets of ten bank-card sized cards to print, cut and laminate."""

import io
from collections.abc import Sequence
from pathlib import Path

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from forms.cards import grouped, is_card_code
from forms.errors import KafoError
from forms.paper import draw_fitted, draw_qr, new_sheet, write_private

_PAGE = (210 * mm, 297 * mm)
_CARD = (85.6 * mm, 54 * mm)  # ISO/IEC 7810 ID-1: fits wallets and laminating pouches
_COLUMNS, _ROWS = 2, 5
_MARGIN = ((_PAGE[0] - _COLUMNS * _CARD[0]) / 2, (_PAGE[1] - _ROWS * _CARD[1]) / 2)
_PAD = 5 * mm


def write_card_sheets(codes: Sequence[str], path: Path, *, organisation: str, note: str) -> int:
    """Write the PDF for these codes; returns its number of pages.

    `organisation` is the line at the top of each card, `note` the small line at its foot (where to
    ask when a card is lost). The card bears no name and no place for one.
    """
    wrong = [code for code in codes if not is_card_code(code)]
    if wrong or not codes:
        raise KafoError(
            f"{len(wrong)} code(s) de carte ne sont pas valables : rien n’a été imprimé. "
            "Émettez des cartes avec « kafo cards ».",
            f"{len(wrong)} card code(s) are not valid: nothing was printed. "
            "Issue cards with `kafo cards`.",
        )
    page = io.BytesIO()
    canvas = new_sheet(page, title="Cartes", author=organisation)
    per_page = _COLUMNS * _ROWS
    for start in range(0, len(codes), per_page):
        _draw_cut_marks(canvas)
        for place, code in enumerate(codes[start : start + per_page]):
            x, y = _corner(place)
            _draw_card(canvas, code, x, y, organisation=organisation, note=note)
        canvas.showPage()
    canvas.save()
    write_private(path, page.getvalue())
    return -(-len(codes) // per_page)


def _corner(place: int) -> tuple[float, float]:
    """Lower left corner of the n-th card of a page, filled line by line from the top left."""
    down, across = divmod(place, _COLUMNS)
    return _MARGIN[0] + across * _CARD[0], _MARGIN[1] + (_ROWS - 1 - down) * _CARD[1]


def _draw_card(
    canvas: Canvas, code: str, x: float, y: float, *, organisation: str, note: str
) -> None:
    width, height = _CARD
    canvas.setFillGray(0)
    draw_fitted(
        canvas,
        organisation,
        x + _PAD,
        y + height - 8 * mm,
        width=width - 2 * _PAD,
        font="Helvetica-Bold",
        size=10,
    )
    # Error level H: a scratched card with a quarter of its modules gone can still be read.
    draw_qr(canvas, segno.make(code, micro=False, error="h"), x + 2 * mm, y + 9 * mm, side=34 * mm)
    right, room = x + 38 * mm, width - 38 * mm - _PAD
    canvas.setFont("Helvetica", 7)
    canvas.drawString(right, y + 38 * mm, "Carte n°")
    draw_fitted(canvas, grouped(code), right, y + 31 * mm, width=room, font="Courier-Bold", size=16)
    _draw_bars(canvas, code, right, y + 13 * mm)
    draw_fitted(
        canvas, note, x + _PAD, y + 4 * mm, width=width - 2 * _PAD, font="Helvetica", size=6.5
    )


def _draw_bars(canvas: Canvas, code: str, x: float, y: float) -> None:
    """The same ten digits as Code 128 for laser scanners, 0.4 mm a module."""
    bars = Code128(code, barWidth=0.4 * mm, barHeight=13 * mm, quiet=False)
    bars.drawOn(canvas, x + 1 * mm, y)


def _draw_cut_marks(canvas: Canvas) -> None:
    """Short lines in the margins, in line with the cuts, so that no ink is left on a card."""
    near, far = 1.5 * mm, 7 * mm
    canvas.setLineWidth(0.3)
    canvas.setStrokeGray(0.3)
    for column in range(_COLUMNS + 1):
        x = _MARGIN[0] + column * _CARD[0]
        canvas.line(x, _MARGIN[1] - near, x, _MARGIN[1] - far)
        canvas.line(x, _PAGE[1] - _MARGIN[1] + near, x, _PAGE[1] - _MARGIN[1] + far)
    for row in range(_ROWS + 1):
        y = _MARGIN[1] + row * _CARD[1]
        canvas.line(_MARGIN[0] - near, y, _MARGIN[0] - far, y)
        canvas.line(_PAGE[0] - _MARGIN[0] + near, y, _PAGE[0] - _MARGIN[0] + far, y)
