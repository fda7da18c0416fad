"""A command that is not written as it should be ends in one line that says where to look."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("words", "told"), [
    (["nosuch"], "'nosuch'). « kafo --help »"),
    (["sync", "--nope"], "(option inconnue : --nope). « kafo sync --help »"),
    (["quality", "list", "--severity", "9"],
     "(la valeur de --severity ne convient pas). « kafo quality list --help »"),
    (["report", "--quarter"], "(--quarter attend une valeur). « kafo"),
    (["person", "show"], "(il manque CODE). « kafo person show --help »"),
])  # fmt: skip
def test_what_was_mistyped_is_answered_in_french_with_the_help_to_read(
    words: list[str], told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kafo", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Erreur : commande mal écrite")
    assert told in done.stderr


def test_a_group_alone_shows_its_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kafo", "person"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "erase" in done.stderr
    assert "Erreur" not in done.stderr
