"""Reads `config.yaml` and the secrets: the only reader of files of settings and of the environment.

A wrong key or value is refused with its line. Secrets come from the environment or from a
`secrets.yaml` beside `config.yaml` that only its owner can read, never from `config.yaml`.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from forms.errors import UsageError
from pipelines.quality.thresholds import Thresholds

SANDBOX = "sandbox"
SECRETS = {
    "central_password": "KAFO_CENTRAL_PASSWORD",
    "warehouse_password": "KAFO_WAREHOUSE_PASSWORD",
    "warehouse_key": "KAFO_WAREHOUSE_KEY",
    "encryption_passphrase": "KAFO_ENCRYPTION_PASSPHRASE",
    "private_key_passphrase": "KAFO_PRIVATE_KEY_PASSPHRASE",
    "fingerprint_salt": "KAFO_FINGERPRINT_SALT",
    "collect_admin_password": "KAFO_COLLECT_ADMIN_PASSWORD",
    "smtp_password": "KAFO_SMTP_PASSWORD",
    "alarm_webhook": "KAFO_ALARM_WEBHOOK",
}
"""Key in secrets.yaml → environment variable, which wins."""


class ConfigError(UsageError):
    """config.yaml or the secrets file is wrong; the message names the line."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CentralSettings(_Strict):
    """Which ODK Central, and what to read there."""

    url: str = Field(pattern=r"^(sandbox|https?://[^\s/]+.*)$")
    email: str = ""
    projects: list[int] = Field(min_length=1)
    forms: Literal["all"] | list[str] = "all"
    private_key: str = ""


class WarehouseSettings(_Strict):
    """Where the data rest."""

    url: str


class SyncSettings(_Strict):
    """How to read."""

    overlap_minutes: int = Field(default=10, ge=2, le=1440)


class ScheduleSettings(_Strict):
    """When `kafo run` does what."""

    sync_minutes: int = Field(default=15, ge=1, le=1440)
    slow_minutes: int = Field(default=60, ge=1, le=10080)
    reconcile_at: str = Field(default="02:30", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class AlarmSettings(_Strict):
    """When something is wrong, and who is told."""

    email: list[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]] = Field(default_factory=list)
    sender: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    repeat_hours: int = Field(default=12, ge=1, le=720)
    failed_runs: int = Field(default=2, ge=1, le=100)
    silence_minutes: int = Field(default=120, ge=5, le=100_000)
    silent_days: int = Field(default=7, ge=1, le=90)
    sending_days: int = Field(default=4, ge=1, le=30)
    disk_free_gb: float = Field(default=2.0, ge=0)


class QualitySettings(_Strict):
    """From where on something is a problem; the defaults are those of `Thresholds`."""

    window_days: int = Field(default=30, ge=7, le=365)
    min_interviews: int = Field(default=10, ge=5, le=1000)
    min_peers: int = Field(default=5, ge=3, le=1000)
    peer_distance: float = Field(default=4.0, ge=2, le=20)
    seconds_per_answer: float = Field(default=2.0, gt=0, le=60)
    long_minutes: int = Field(default=180, ge=10, le=1440)
    night_from: int = Field(default=21, ge=12, le=24)
    night_to: int = Field(default=5, ge=0, le=11)
    backdated_days: int = Field(default=30, ge=1, le=365)
    late_hours: int = Field(default=72, ge=1, le=2000)
    unsure_share: float = Field(default=0.25, gt=0, le=1)
    other_share: float = Field(default=0.3, gt=0, le=1)
    grid_share: float = Field(default=0.95, gt=0, le=1)
    outlier_distance: float = Field(default=8.0, ge=3, le=100)
    rounded_share: float = Field(default=0.5, ge=0.2, le=1)
    alike_share: float = Field(default=0.9, gt=0, le=1)
    travel_kmh: float = Field(default=120.0, ge=10, le=1000)
    gps_metres: float = Field(default=50.0, ge=5, le=10_000)
    site_km: float = Field(default=10.0, gt=0, le=500)
    version_days: int = Field(default=3, ge=0, le=90)
    attachment_days: int = Field(default=3, ge=0, le=25)
    silent_days: int = Field(default=7, ge=1, le=90)
    sending_days: int = Field(default=4, ge=1, le=30)
    consent_share: float = Field(default=0.6, ge=0, le=1)


class ListenSettings(_Strict):
    """Where `kafo run` answers browsers and monitoring systems."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8470, ge=0, le=65535)


class PagesSettings(_Strict):
    """How long people stay logged in on the pages, and the map's boundaries."""

    idle_minutes: int = Field(default=30, ge=5, le=480)
    session_hours: int = Field(default=12, ge=1, le=72)
    boundaries: str = ""


class BackupSettings(_Strict):
    """Where encrypted backups go, for which key, and for how long."""

    folder: str = ""
    recipient: str = Field(default="", pattern=r"^(age1\S+)?$")
    keep_days: int = Field(default=30, ge=1, le=366)


class Settings(_Strict):
    """What config.yaml holds."""

    central: CentralSettings
    warehouse: WarehouseSettings
    sync: SyncSettings = SyncSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    alarms: AlarmSettings = AlarmSettings()
    quality: QualitySettings = QualitySettings()
    listen: ListenSettings = ListenSettings()
    pages: PagesSettings = PagesSettings()
    backup: BackupSettings = BackupSettings()
    data_folder: str = "data"


class Config(BaseModel):
    """Settings, the secrets, and the folder that relative paths start from."""

    model_config = ConfigDict(frozen=True)

    settings: Settings
    folder: Path
    secrets: dict[str, str] = Field(default_factory=dict, repr=False)

    @property
    def data(self) -> Path:
        """The folder for compiled forms, sandbox and temporary files."""
        return self.folder / self.settings.data_folder

    @property
    def warehouse_url(self) -> str:
        """The address with a relative SQLite path made absolute."""
        url = self.settings.warehouse.url
        head = "sqlite:///"
        if url.startswith(head) and not url.startswith(head + "/"):
            return head + str(self.folder.resolve() / url.removeprefix(head))
        return url

    @property
    def thresholds(self) -> Thresholds:
        """From where on the quality checks see a problem."""
        return Thresholds(**self.settings.quality.model_dump())

    @property
    def is_sandbox(self) -> bool:
        """Whether ODK Central is the embedded stand-in."""
        return self.settings.central.url == SANDBOX

    def secret(self, key: str) -> str:
        """A secret that is needed now; ConfigError saying how to give it when there is none."""
        if key in self.secrets:
            return self.secrets[key]
        raise ConfigError(
            f"Il manque le secret « {key} ». Donnez la variable {SECRETS[key]}, ou une ligne "
            f"« {key}: … » dans secrets.yaml à côté de config.yaml.",
            f"The secret '{key}' is missing. Give the variable {SECRETS[key]}, or a line "
            f"'{key}: …' in secrets.yaml beside config.yaml.",
        )


def read_config(path: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """Read and check the configuration; raises ConfigError."""
    if not path.exists():
        raise ConfigError(
            f"{path} n'existe pas. Lancez Kafo dans le dossier du projet ou indiquez --config.",
            f"{path} does not exist. Run Kafo in the project's folder or give --config.",
        )
    tree = _parse(path)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise _located(path, tree, error) from None
    return Config(
        settings=settings,
        folder=path.resolve().parent,
        secrets=_read_secrets(path.parent / "secrets.yaml", environment),
    )


def _parse(path: Path) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (MarkedYAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise ConfigError(
            f"{path.name}{line}: ce n'est pas du YAML lisible. Vérifiez les retraits et les guillemets.",
            f"{path.name}{line}: this is not readable YAML. Check the indents and the quotes.",
        ) from None
    if not isinstance(tree, CommentedMap):
        raise ConfigError(
            f"{path.name} est vide ou n'est pas une liste de clés.",
            f"{path.name} is empty or not a list of keys.",
        )
    return tree


def _located(path: Path, tree: CommentedMap, error: ValidationError) -> ConfigError:
    """The first complaint, with the key and its line in the file."""
    first = error.errors(include_url=False, include_input=False)[0]
    steps = [s for s in first["loc"] if not str(s).startswith(("literal", "list["))]
    key = ".".join(str(step) for step in steps)
    place = f"{path.name}:{_line(tree, steps)}: "
    if first["type"] == "extra_forbidden":
        return ConfigError(
            f"{place}clé inconnue « {key} ». Corrigez son nom ou supprimez la ligne.",
            f"{place}unknown key '{key}'. Correct its name or delete the line.",
        )
    if first["type"] == "missing":
        return ConfigError(
            f"{place}la clé « {key} » manque. Reprenez-la du fichier config.yaml d'origine.",
            f"{place}the key '{key}' is missing. Take it from the original config.yaml.",
        )
    return ConfigError(
        f"{place}la valeur de « {key} » ne convient pas ({_in_french(first)}). Lisez le commentaire "
        "au-dessus de la clé.",
        f"{place}the value of '{key}' does not fit ({first['msg']}). Read the comment above the key.",
    )


_COMPLAINTS = {
    "int_parsing": "il faut un nombre entier",
    "int_type": "il faut un nombre entier",
    "int_from_float": "il faut un nombre entier",
    "float_parsing": "il faut un nombre",
    "float_type": "il faut un nombre",
    "bool_parsing": "il faut true ou false",
    "bool_type": "il faut true ou false",
    "string_type": "il faut un texte",
    "list_type": "il faut une liste",
    "model_type": "il faut des clés, chacune sur sa ligne",
    "greater_than": "il faut plus de {gt}",
    "greater_than_equal": "au moins {ge}",
    "less_than": "il faut moins de {lt}",
    "less_than_equal": "au plus {le}",
    "literal_error": "valeurs possibles : {expected}",
    "string_pattern_mismatch": "la forme n'est pas la bonne",
    "too_short": "il en faut au moins {min_length}",
}


def _in_french(complaint: ErrorDetails) -> str:
    """What is wrong with a value; the library speaks English."""
    text = _COMPLAINTS.get(complaint["type"])
    return complaint["msg"] if text is None else text.format(**complaint.get("ctx", {}))


def _line(tree: CommentedMap, steps: list[Any]) -> int:
    """The line of the deepest step that the file has."""
    here: Any = tree
    line = 1
    for step in steps:
        if isinstance(here, CommentedMap) and step in here:
            line = here.lc.key(step)[0] + 1
        elif isinstance(here, CommentedSeq) and isinstance(step, int) and step < len(here):
            line = here.lc.item(step)[0] + 1
        else:
            break
        here = here[step]
    return int(line)


def _read_secrets(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    secrets: dict[str, str] = {}
    if path.exists():
        _check_private(path)
        for key, value in _parse(path).items():
            if key not in SECRETS:
                raise ConfigError(
                    f"{path.name}: clé inconnue « {key} ». Clés possibles : {', '.join(SECRETS)}.",
                    f"{path.name}: unknown key '{key}'. Possible keys: {', '.join(SECRETS)}.",
                )
            secrets[key] = str(value)
    for key, variable in SECRETS.items():
        if environment.get(variable):
            secrets[key] = environment[variable]
    return secrets


def _check_private(path: Path) -> None:
    """Others on this computer must not be able to read it (Windows has no such bits)."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigError(
            f"{path.name} peut être lu par d'autres comptes de cet ordinateur. "
            f"Lancez : chmod 600 {path.name}",
            f"{path.name} can be read by other accounts of this computer. Run: chmod 600 {path.name}",
        )
