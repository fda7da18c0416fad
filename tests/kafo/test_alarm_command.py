"""`kafo alarm-test` reaches somebody, or says what is missing."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from forms.errors import UsageError
from kafo import alarm_command
from kafo.cli import app
from kafo.config import ConfigError

SHIPPED = Path(__file__).parent.parent.parent / "config.yaml"


def alarm_test(path: Path, **secrets: str) -> tuple[int, str, BaseException | None]:
    runner = CliRunner(env={"KAFO_ALARM_WEBHOOK": "", "KAFO_SMTP_PASSWORD": ""} | secrets)
    if not any(command.name == "alarm-test" for command in app.registered_commands):
        alarm_command.add(app)
    done = runner.invoke(app, ["-c", str(path), "alarm-test"])
    return done.exit_code, done.output, done.exception


def test_the_test_alarm_arrives(hook: tuple[str, list[dict[str, Any]]]) -> None:
    url, got = hook
    code, output, _ = alarm_test(SHIPPED, KAFO_ALARM_WEBHOOK=url)
    assert (code, output) == (0, "✓ webhook : envoyé\n")
    assert "essai" in got[0]["text"]


def test_a_test_alarm_that_does_not_arrive_or_has_nobody_to_go_to_says_what_to_do() -> None:
    code, output, _ = alarm_test(SHIPPED, KAFO_ALARM_WEBHOOK="http://127.0.0.1:1/secret")
    assert code == 1
    assert "alarm_webhook" in output
    assert "/secret" not in output
    error = alarm_test(SHIPPED)[2]
    assert isinstance(error, UsageError)
    assert "alarms.email" in str(error)


@pytest.mark.parametrize(("lines", "key"), [
    (["email: [a@example.org]"], "alarms.smtp_host"),
    (["email: [a@example.org]", "smtp_host: mail.example.org"], "alarms.sender"),
    (["email: [a@example.org]", "smtp_host: mail.example.org", "sender: k@example.org",
      "smtp_user: kafo"], "smtp_password"),
    (["email: [nobody]"], "alarms.email.0"),
])  # fmt: skip
def test_mail_settings_that_are_half_given_are_refused(
    tmp_path: Path, lines: list[str], key: str
) -> None:
    written = SHIPPED.read_text(encoding="utf-8")
    for line in lines:
        name = line.partition(":")[0]
        empty = "  email: []" if name == "email" else f'  {name}: ""'
        assert empty in written
        written = written.replace(empty, f"  {line}")
    (tmp_path / "config.yaml").write_text(written, encoding="utf-8")
    error = alarm_test(tmp_path / "config.yaml")[2]
    assert isinstance(error, ConfigError)
    assert key in str(error)
