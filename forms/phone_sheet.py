"""The A4 sheet that sets up one phone: a QR code, what to do step by step, and what to keep to."""

import hashlib
import io
import re
import unicodedata
from datetime import date
from pathlib import Path

import segno
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from forms.collect_settings import Settings, settings_to_text
from forms.paper import draw_fitted, draw_qr, new_sheet, write_private

_LEFT, _WIDTH, _TOP = 20 * mm, 170 * mm, 277 * mm
_QR_SIDE = 118 * mm  # under 1 mm a module: an old camera still reads it

# Words in « » are those of Collect's own screens, French first, English for a phone in English.
_STEPS = (
    "Protégez le téléphone : un code d’écran (au moins 6 chiffres) et le chiffrement d’Android "
    "(Paramètres, Sécurité).",
    "Installez <b>ODK Collect</b> depuis le Play Store, version 2026.1 ou plus récente.",
    "Ouvrez Collect et touchez « Configurer par code QR » (Configure with QR code). Si Collect sert "
    "déjà à un autre projet : touchez le rond en haut à droite, puis « Ajouter un projet » (Add "
    "project).",
    "Visez le code ci-dessus. Le nom du projet apparaît en haut de l’écran.",
    "Touchez « Remplir un formulaire » (Start new form) et attendez la liste des formulaires. "
    "Acceptez ce que l’application demande (appareil photo, position).",
    "Remplissez un essai avec le responsable, puis vérifiez que « Prêts à envoyer » (Ready to send) "
    "revient à zéro.",
)

_RULES = (
    "Les réponses partent seules dès qu’il y a du réseau, puis s’effacent du téléphone.",
    "Ce code vaut une clé : ne le photographiez pas, ne l’envoyez à personne, détruisez cette feuille "
    "une fois le téléphone prêt.",
    "Téléphone perdu, volé ou prêté : prévenez le responsable tout de suite, à toute heure. Il coupe "
    "l’accès en une minute.",
)


def write_phone_sheet(settings: Settings, folder: Path, *, printed_on: date) -> Path:
    """Write the sheet for the phone with these settings; only its owner can read the file."""
    enumerator = str(settings["general"]["metadata_username"])
    project = str(settings["project"]["name"])
    page = io.BytesIO()
    canvas = new_sheet(page, title=f"Téléphone de {enumerator}", author=project)
    _draw_heading(canvas, enumerator, project, printed_on)
    code = segno.make(settings_to_text(settings), micro=False, error="l", boost_error=False)
    draw_qr(canvas, code, _LEFT + (_WIDTH - _QR_SIDE) / 2, _TOP - 132 * mm, side=_QR_SIDE)
    y = _draw_list(canvas, "Préparer le téléphone", _STEPS, top=_TOP - 139 * mm, numbered=True)
    _draw_list(canvas, "À respecter", _RULES, top=y - 9 * mm, numbered=False)
    canvas.showPage()
    canvas.save()
    path = folder / f"telephone-{_slug(enumerator)}.pdf"
    write_private(path, page.getvalue())
    return path


def _draw_heading(canvas: Canvas, enumerator: str, project: str, printed_on: date) -> None:
    title = f"Téléphone de {enumerator}"
    canvas.setFillGray(0)
    draw_fitted(canvas, title, _LEFT, _TOP, width=_WIDTH, font="Helvetica-Bold", size=20)
    line = f"{project}  ·  feuille du {printed_on:%d/%m/%Y}  ·  SECRET : à détruire après usage"
    draw_fitted(canvas, line, _LEFT, _TOP - 8 * mm, width=_WIDTH, font="Helvetica", size=11)


def _draw_list(
    canvas: Canvas, heading: str, items: tuple[str, ...], *, top: float, numbered: bool
) -> float:
    """Draw a heading and its items below `top`; returns where they end."""
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(_LEFT, top, heading)
    y: float = top - 3 * mm
    for number, item in enumerate(items, 1):
        mark = f"{number}." if numbered else "•"
        paragraph = Paragraph(item, _STYLE, bulletText=mark)
        _, height = paragraph.wrap(_WIDTH, y)
        y -= height + 1.2 * mm
        paragraph.drawOn(canvas, _LEFT, y)
    return y


_STYLE = ParagraphStyle(
    "step", fontName="Helvetica", fontSize=10.5, leading=13.5, leftIndent=7 * mm, alignment=TA_LEFT
)


def _slug(name: str) -> str:
    """The name as a file name that any system takes; different names give different files."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "sans-nom"
    if name == slug.upper():
        return slug
    return f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
