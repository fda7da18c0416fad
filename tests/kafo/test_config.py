"""A wrong configuration is refused with its line; secrets never stand in it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from kafo.config import ConfigError, Settings, read_config

SHIPPED = Path(__file__).parent.parent.parent / "config.yaml"


def write(folder: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = folder / "config.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def line_of(path: Path, start: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip().startswith(start))


def test_the_shipped_configuration_is_valid_and_comments_every_key() -> None:
    config = read_config(SHIPPED, {})
    assert config.is_sandbox
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    written = {m[1] for line in lines if (m := re.match(r"\s*(\w+):", line))}
    keys = set(Settings.model_fields)
    for part in Settings.model_fields.values():
        keys |= set(getattr(part.annotation, "model_fields", {}))
    assert written == keys
    for before, line in pairwise(lines):
        if re.match(r"\s+\w+:", line):
            assert before.strip().startswith("#"), line


def test_an_unknown_key_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "  projects:", "  projcts: [2]\n  projects:")
    with pytest.raises(ConfigError) as error:
        read_config(path, {})
    assert f"config.yaml:{line_of(path, 'projcts')}" in error.value.fr
    assert "central.projcts" in error.value.en


@pytest.mark.parametrize(("old", "new", "key"), [
    ("overlap_minutes: 10", "overlap_minutes: soon", "overlap_minutes"),
    ("overlap_minutes: 10", "overlap_minutes: 0", "overlap_minutes"),
    ("projects: [1]", "projects: []", "projects"),
    ("url: sandbox", "url: central.example.org", "url"),
])  # fmt: skip
def test_a_wrong_value_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, key: str
) -> None:
    path = write(tmp_path, old, new)
    with pytest.raises(ConfigError) as error:
        read_config(path, {})
    assert f"config.yaml:{line_of(path, key)}" in error.value.fr


@pytest.mark.parametrize(("old", "new", "told"), [
    ("overlap_minutes: 10", "overlap_minutes: soon", "(il faut un nombre entier)"),
    ("overlap_minutes: 10", "overlap_minutes: 0", "(au moins 2)"),
    ("night_from: 21", "night_from: 99", "(au plus 24)"),
])  # fmt: skip
def test_what_is_wrong_with_a_value_is_said_in_the_readers_language(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(ConfigError) as error:
        read_config(write(tmp_path, old, new), {})
    assert told in error.value.fr
    assert "nput should" in error.value.en


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "  projects: [1]\n", "")
    with pytest.raises(ConfigError, match=r"central\.projects"):
        read_config(path, {})


@pytest.mark.parametrize("text", ["central: [", "", "- a\n- b\n", "\tx: 1"])
def test_what_is_no_yaml_is_said_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError) as error:
        read_config(tmp_path / "config.yaml", {})
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml"):
        read_config(tmp_path / "none.yaml", {})


def test_the_environment_wins_over_the_secrets_file(tmp_path: Path) -> None:
    path = write(tmp_path, "url: sandbox", "url: https://central.example.org")
    secrets = tmp_path / "secrets.yaml"
    secrets.write_text("central_password: from-file\nwarehouse_password: w\n")
    secrets.chmod(0o600)
    config = read_config(path, {"KAFO_CENTRAL_PASSWORD": "from-environment"})
    assert config.secret("central_password") == "from-environment"
    assert config.secret("warehouse_password") == "w"
    assert "from-environment" not in repr(config)


def test_a_secrets_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "url: sandbox", "url: https://central.example.org")
    (tmp_path / "secrets.yaml").write_text("central_password: x\n")
    (tmp_path / "secrets.yaml").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_config(path, {})


def test_an_unknown_secret_and_a_missing_one_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "url: sandbox", "url: https://central.example.org")
    with pytest.raises(ConfigError, match="KAFO_CENTRAL_PASSWORD"):
        read_config(path, {}).secret("central_password")
    (tmp_path / "secrets.yaml").write_text("password: x\n")
    (tmp_path / "secrets.yaml").chmod(0o600)
    with pytest.raises(ConfigError, match="password"):
        read_config(path, {})


def test_a_password_in_the_configuration_is_an_unknown_key(tmp_path: Path) -> None:
    path = write(tmp_path, "  email:", "  password: secret\n  email:")
    with pytest.raises(ConfigError) as error:
        read_config(path, {})
    assert "central.password" in str(error.value)
    assert "secret" not in str(error.value).replace("secrets", "")


def test_a_relative_database_starts_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, "projects: [1]", "projects: [1, 2]"), {})
    assert config.warehouse_url == f"sqlite:///{tmp_path.resolve()}/data/kafo.db"


def test_the_thresholds_of_quality_are_those_of_the_checks() -> None:
    """What config.yaml ships is what the checks do without it, and reaches them when changed."""
    from pipelines.quality.thresholds import Thresholds

    assert read_config(SHIPPED, {}).thresholds == Thresholds()


def test_a_changed_threshold_reaches_the_checks(tmp_path: Path) -> None:
    path = write(tmp_path, "night_from: 21", "night_from: 19")
    assert read_config(path, {}).thresholds.night_from == 19


@pytest.mark.parametrize(("old", "new"), [
    ("unsure_share: 0.25", "unsure_share: 25"), ("night_to: 5", "night_to: 15"),
    ("gps_metres: 50", "gps_metres: -1"), ("min_peers: 5", "min_peers: 0"),
])  # fmt: skip
def test_a_threshold_without_sense_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(ConfigError, match=new.split(":")[0]):
        read_config(write(tmp_path, old, new), {})
