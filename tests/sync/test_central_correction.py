"""A correction is made in Central, as an edit, and comes to the warehouse like any other."""

from collections.abc import Callable
from typing import Any

import pytest

from forms.errors import KafoError
from sync.central_correction import correct

Read = Callable[[str], list[tuple[Any, ...]]]


def test_a_corrected_answer_comes_with_the_next_synchronisation(
    central: Any, run: Callable[[], Any], read: Read
) -> None:
    mine, other = central.small(), central.small("<name>B</name><age>31</age>")
    run()
    correct(central.client, (1, "small", mine), "/name", "Awa & <é>", comment="Correction demandée")
    run()
    assert read("select instance_id, name, age from form_small order by name") == [
        (mine, "Awa & <é>", 30), (other, "B", 31),
    ]  # fmt: skip
    assert read("select edits from submission where edits > 0") == [(1,)]
    notes = central.client.get(central.url(f"submissions/{mine}/comments")).json()
    assert [note["body"] for note in notes] == ["Correction demandée"]
    correct(central.client, (1, "small", mine), "/name", "Awa", comment="encore")
    run()
    assert read("select name from form_small where age = 30") == [("Awa",)]


def test_a_question_that_is_not_there_is_refused(central: Any) -> None:
    mine = central.small()
    with pytest.raises(KafoError, match="n'a pas cette question"):
        correct(central.client, (1, "small", mine), "/contact/nothing", "x", comment="x")


def test_an_encrypted_record_is_corrected_by_a_new_interview(
    central: Any, small_xform: str
) -> None:
    sealed = (
        '<data id="small" version="1" encrypted="yes"><base64EncryptedKey>x</base64EncryptedKey>'
    )
    central.send(f"{sealed}<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>"
                 "<meta><instanceID>uuid:sealed</instanceID></meta></data>")  # fmt: skip
    with pytest.raises(KafoError, match="nouvel entretien"):
        correct(central.client, (1, "small", "uuid:sealed"), "/name", "x", comment="x")
