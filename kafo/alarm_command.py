"""Who is told when something is wrong, and the command `kafo alarm-test` that tries it."""

from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from forms.errors import KafoError, UsageError
from forms.language import say
from kafo.cli import configuration, err, out
from kafo.config import Config, ConfigError
from kafo.connection import now

if TYPE_CHECKING:
    from sync.alarm_conditions import Limits
    from sync.alarms import Channel


def add(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "alarm-test",
        help=say("Envoie une alerte d'essai.", "Send a test alarm."),
    )(alarm_test)


def alarm_test(context: typer.Context) -> None:
    """Send one message by every channel; exit code 1 when one of them does not take it."""
    from sync.alarms import Alarm, News

    ways = channels(configuration(context))
    if not ways:
        raise UsageError(
            "Personne ne recevrait d'alerte. Remplissez « alarms.email » et « alarms.smtp_host » "
            "dans config.yaml, ou donnez le secret « alarm_webhook ».",
            "Nobody would be told. Fill in 'alarms.email' and 'alarms.smtp_host' in config.yaml, "
            "or give the secret 'alarm_webhook'.",
        )
    test = Alarm(
        "test",
        "Ceci est un essai : les alertes de Kafo arrivent bien. Rien à faire.",
        "This is a test: Kafo's alarms do arrive. Nothing to do.",
    )
    failed = False
    for way in ways:
        try:
            way.send(News(now(), begun=(test,)))
            out.print(say(f"✓ {way.name} : envoyé", f"✓ {way.name}: sent"))
        except KafoError as error:
            failed = True
            err.print(f"✗ {way.name} : {error}", soft_wrap=True, markup=False)
    if failed:
        raise typer.Exit(1)


def channels(config: Config) -> "list[Channel]":
    """The ways out of this computer that the configuration gives; ConfigError when half given."""
    from sync.alarm_channels import Mail, Webhook

    settings = config.settings.alarms
    found: list[Channel] = []
    if settings.email:
        for key in ("smtp_host", "sender"):
            if not getattr(settings, key):
                raise ConfigError(
                    f"config.yaml: « alarms.{key} » est vide alors que « alarms.email » ne l'est "
                    "pas. Remplissez-le.",
                    f"config.yaml: 'alarms.{key}' is empty though 'alarms.email' is not. Fill it in.",
                )
        password = config.secret("smtp_password") if settings.smtp_user else ""
        found.append(
            Mail(
                settings.smtp_host,
                settings.smtp_port,
                settings.sender,
                settings.email,
                settings.smtp_user,
                password,
            )
        )
    if "alarm_webhook" in config.secrets:
        found.append(Webhook(config.secrets["alarm_webhook"]))
    return found


def limits(config: Config) -> "Limits":
    """When something counts as wrong."""
    from sync.alarm_conditions import Limits

    settings = config.settings.alarms
    return Limits(
        failed_runs=settings.failed_runs,
        silence_minutes=settings.silence_minutes,
        silent_days=settings.silent_days,
        sending_days=settings.sending_days,
        disk_free_gb=settings.disk_free_gb,
    )


def repeat(config: Config) -> timedelta:
    """How long the same alarm keeps quiet."""
    return timedelta(hours=config.settings.alarms.repeat_hours)
