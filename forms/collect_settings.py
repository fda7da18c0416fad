"""The settings of ODK Collect that a phone takes from one QR code.

Source: `client-settings.schema.json` of ODK Collect v2026.3. Collect ignores unknown keys without a
word and resets every key left out to its default, hence the complete set.
"""

import base64
import ipaddress
import json
import zlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from forms.errors import KafoError
from forms.phones import Phone

Settings = dict[str, dict[str, str | bool]]

_SHORTEST_PASSWORD = 6


@dataclass(frozen=True, slots=True)
class PhoneProject:
    """Where phones send to, and how the project looks in the app."""

    server: str
    """Address of ODK Central as phones reach it, without /v1."""
    project_id: int
    name: str
    icon: str
    """One letter or emoji."""
    color: str
    """`#rrggbb`."""


def collect_settings(phone: Phone, project: PhoneProject, *, admin_password: str) -> Settings:
    """Everything Collect needs to work for this enumerator, locked with the password."""
    if phone.token is None:
        raise KafoError(
            f"L’accès du téléphone de « {phone.enumerator} » est coupé : redonnez-lui un accès "
            "avec « kafo phones add ».",
            f"The phone of '{phone.enumerator}' was cut off: give it access again with "
            "`kafo phones add`.",
        )
    if len(admin_password) < _SHORTEST_PASSWORD:
        raise KafoError(
            f"Le mot de passe des réglages doit avoir au moins {_SHORTEST_PASSWORD} caractères.",
            f"The settings password needs at least {_SHORTEST_PASSWORD} characters.",
        )
    server = _safe(project.server)
    return {
        "general": _general(f"{server}/v1/key/{phone.token}/projects/{project.project_id}", phone),
        "admin": {"admin_pw": admin_password, **_MAY},
        "project": {"name": project.name, "icon": project.icon, "color": project.color},
    }


def settings_to_text(settings: Settings) -> str:
    """What the QR code holds: base64 of zlib of JSON, as Collect reads it."""
    text = json.dumps(settings, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def settings_from_text(text: str) -> Settings:
    """The settings in a scanned QR code."""
    settings: Settings = json.loads(zlib.decompress(base64.b64decode(text)))
    return settings


def _general(server_url: str, phone: Phone) -> dict[str, str | bool]:
    return {
        "protocol": "odk_default",
        "server_url": server_url,
        "app_language": "fr",
        "appTheme": "system",
        "font_size": "21",
        "navigation": "swipe_buttons",
        "basemap_source": "osm",  # needs no Google services
        # The phone holds exactly the forms Central gives it, and looks for new ones every hour.
        "form_update_mode": "match_exactly",
        "periodic_form_updates_check": "every_one_hour",
        "automatic_update": True,
        "hide_old_form_versions": True,
        # Answers leave as soon as there is any network and do not stay behind.
        "autosend": "wifi_and_cellular",
        "delete_send": True,
        "constraint_behavior": "on_swipe",
        "guidance_hint": "yes_collapsed",
        "image_size": "small",
        "high_resolution": False,
        "external_app_recording": False,
        "instance_sync": True,
        "analytics": False,
        "metadata_username": phone.enumerator,
        "metadata_phonenumber": "",
        "metadata_email": "",
        # No form may follow the enumerator or record in the background.
        "background_location": False,
        "background_recording": False,
    }


# What stays open without the password: filling, drafts, sending, language and letter size.
_MAY: dict[str, str | bool] = {
    "edit_saved": True,
    "send_finalized": True,
    "view_sent": False,  # the list would keep showing whom a sent form was about
    "get_blank": False,
    "delete_saved": False,
    "change_server": False,
    "change_project_display": False,
    "change_app_theme": True,
    "change_app_language": True,
    "change_font_size": True,
    "change_navigation": True,
    "maps": True,
    "form_update_mode": False,
    "periodic_form_updates_check": False,
    "automatic_update": False,
    "hide_old_form_versions": False,
    "change_autosend": False,
    "delete_after_send": False,
    "change_constraint_behavior": False,
    "high_resolution": False,
    "image_size": False,
    "guidance_hint": False,
    "external_app_recording": False,
    "instance_form_sync": False,
    "change_form_metadata": False,
    "analytics": False,
    "moving_backwards": True,
    "access_settings": True,
    "change_language": True,
    "jump_to": True,
    "save_mid": True,
    "save_as_draft": True,
    "finalize_in_form_entry": True,
    "bulk_finalize": False,  # each interview is finished by the person who held it
}


def _safe(server: str) -> str:
    """The address without a slash at its end; plain http only inside a room (demonstration)."""
    parts = urlsplit(server)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_nearby(parts.hostname or "")):
        return server.rstrip("/").removesuffix("/v1")
    raise KafoError(
        f"L’adresse du serveur pour les téléphones ({server}) doit commencer par https:// : "
        "sans cela, les réponses voyageraient en clair.",
        f"The server address for phones ({server}) must begin with https://: "
        "otherwise answers would travel in the clear.",
    )


def _is_nearby(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"
