"""A plain submission becomes the very row that Central gives: from its XML, as recorded and for any
form, and from the CSV files that Central exports with a passphrase.
"""

import base64
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.errors import KafoError
from forms.xform import Field
from sync.decrypted_csv import read_decrypted_csv_zip
from sync.errors import Transient
from sync.sandbox.export_csv import add_submission, tables_of
from sync.sandbox.odata_rows import Shape, rows_of
from sync.sandbox.schema import columns_of, field_json
from sync.sandbox.store import Row
from sync.sandbox.xml_tree import parse_submission
from sync.submission_row import submission_row

RECORDINGS = Path(__file__).parent / "sandbox/recordings"
SYSTEM = {"status": "notDecrypted", "edits": 0}
HOUSEHOLD = [
    {"path": path, "name": path.rpartition("/")[2], "type": kind}
    for path, kind in {
        "/head": "string",
        "/member": "repeat",
        "/member/mname": "string",
        "/member/mage": "int",
        "/member/g": "structure",
        "/member/g/visit": "repeat",
        "/member/g/visit/vdate": "date",
        "/member/g/visit/vnote": "string",
        "/member/g/visit/vphoto": "binary",
        "/asset": "repeat",
        "/asset/aname": "string",
        "/meta": "structure",
        "/meta/instanceID": "string",
    }.items()
]


# -- as recorded


def exchanges(file: str) -> dict[str, dict[str, Any]]:
    lines = (RECORDINGS / file).read_text("utf-8").splitlines()
    return {exchange["name"]: exchange for exchange in map(json.loads, lines)}


def sent(*files: str) -> dict[str, bytes]:
    """Submissions as phones sent them, by instance ID."""
    found: dict[str, bytes] = {}
    for exchange in (e for file in files for e in exchanges(file).values()):
        body = exchange["request"]["body"]
        if isinstance(body, dict) and "$base64" in body:
            body = base64.b64decode(body["$base64"]).decode("utf-8", "replace")
        for xml in re.findall(r"<data .*?</data>", str(body), re.DOTALL):
            for instance_id in re.findall(r"<(?:orx:)?instanceID>(.*?)</", xml)[:1]:
                found.setdefault(instance_id, xml.encode())
    return found


def answered(file: str, name: str) -> Any:
    return exchanges(file)[name]["response"]["body"]


CASES = [
    ("05-odata.jsonl", "odata-06-submissions", "02-forms.jsonl", "forms-15-fields-odata", 6),
    ("15-drift.jsonl", "drift-28-odata-odd", "15-drift.jsonl", "drift-21c-fields-v6", 3),
    ("15-drift.jsonl", "drift-23-odata-v6", "15-drift.jsonl", "drift-21c-fields-v6", 5),
    ("15-drift.jsonl", "drift-19-odata-v5", "15-drift.jsonl", "drift-20-fields-v5", 4),
    ("15-drift.jsonl", "drift-11-odata-mixed", "15-drift.jsonl", "drift-06-fields-v2", 3),
    ("08-repeats.jsonl", "repeats-04-submissions-expand", None, None, 3),
]


@pytest.mark.parametrize(("file", "name", "form_file", "form", "number"), CASES)
def test_rows_are_those_of_a_real_central(
    file: str, name: str, form_file: str | None, form: str | None, number: int
) -> None:
    letters = sent("04-submission.jsonl", file)
    fields = HOUSEHOLD if form_file is None or form is None else answered(form_file, form)
    rows = [row for row in answered(file, name)["value"] if row["__id"] in letters]
    assert len(rows) == number
    for row in rows:
        system = row["__system"] | {"status": "notDecrypted"}
        found = submission_row(letters[row["__id"]], fields, instance_id=row["__id"], system=system)
        assert found == row
        assert json.dumps(found) == json.dumps(row)


# -- for any form

_TYPES = [
    *("string", "int", "decimal", "dateTime", "date", "geopoint", "geotrace", "geoshape", "binary"),
    *("structure", "repeat"),
]
_NAMES = st.sampled_from(["a", "b", "name", "a.b", "c-d", "é", "_x", "orx"])
_NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["1e3", ".5", "-0", "5.", "12abc", "+7", " 3 ", "", "99999999999999999999999"]),
)
_POINTS = st.lists(_NUMBERS, max_size=5).map(" ".join)
_TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Nd"]), max_size=6),
    st.sampled_from(["2026-11-20T10:15:30.000+05", "2026-11-20", " t+03 ", "a & <b>"]),
    _NUMBERS,
    _POINTS,
    st.lists(_POINTS, max_size=3).map(";".join),
    st.lists(_POINTS, max_size=3).map("; ".join),
)


@st.composite
def forms(draw: st.DrawFn) -> list[Field]:
    """Fields in the order of a form, with groups and repeats in each other."""

    def inside(path: str, repeat: str | None, depth: int) -> list[Field]:
        found: list[Field] = []
        for name in draw(st.lists(_NAMES, max_size=4, unique=True)):
            kind = draw(st.sampled_from(_TYPES if depth < 3 else _TYPES[:-2]))
            here = f"{path}/{name}"
            found.append(field(here, kind, repeat))
            if kind in ("structure", "repeat"):
                found += inside(here, here if kind == "repeat" else repeat, depth + 1)
        return found

    return inside("", None, 0)


_NO_FIELD = Field(
    path="", name="", type="", order=0, repeat=None, select_multiple=False, choices=None,
    labels={}, hints={}, calculate=None, relevant=None, required=None, readonly=None, save_to=None,
)  # fmt: skip


def field(path: str, kind: str, repeat: str | None) -> Field:
    name = path.rpartition("/")[2]
    return replace(_NO_FIELD, path=path, name=name, type=kind, repeat=repeat)


@st.composite
def letters(draw: st.DrawFn, fields: list[Field], *, answers: int = 1) -> bytes:
    """A submission: some answers (to one question up to `answers`, as no phone sends), several
    instances of repeats, and unknown elements.
    """
    root = Element("data", {"id": "f", "version": "1"})

    def fill(element: Element, path: str) -> None:
        for each in fields:
            if each.path.rpartition("/")[0] != path:
                continue
            for _ in range(draw(st.integers(0, 3 if each.type == "repeat" else answers))):
                child = SubElement(element, each.name)
                if each.type in ("structure", "repeat"):
                    fill(child, each.path)
                else:
                    child.text = draw(_TEXTS)
        if draw(st.booleans()):
            SubElement(element, "unknown").text = draw(_TEXTS)

    fill(root, "")
    return cast("bytes", tostring(root, encoding="utf-8"))


@given(data=st.data())
def test_rows_are_those_of_the_sandbox_for_any_form(data: st.DataObject) -> None:
    fields = data.draw(forms())
    xml = data.draw(letters(fields, answers=2))
    instance_id = data.draw(st.sampled_from(["uuid:1", "é (1)!", "a/b c"]))
    expected = rows_of(
        parse_submission(xml),
        columns_of(fields),
        instance_id,
        Shape(expand=True),
        {"__system": SYSTEM | {"status": None}},
    )
    listed = [field_json(each, odata=True) for each in fields]
    found = submission_row(xml, listed, instance_id=instance_id, system=SYSTEM)
    assert json.dumps([found]) == json.dumps(expected)


# -- what the sandbox does not show


def test_the_status_becomes_open_and_the_given_system_stays_as_it_was() -> None:
    row = submission_row(b"<data/>", [], instance_id="uuid:1", system=SYSTEM)
    assert row == {"__id": "uuid:1", "__system": {"status": None, "edits": 0}}
    assert SYSTEM["status"] == "notDecrypted"


def test_an_edited_submission_keeps_its_first_id() -> None:
    xml = b"<data><r/><meta><instanceID>uuid:new</instanceID></meta></data>"
    fields = [
        {"path": "/r", "type": "repeat"},
        {"path": "/meta", "type": "structure"},
        {"path": "/meta/instanceID", "type": "string"},
    ]
    row = submission_row(xml, fields, instance_id="uuid:old", system=SYSTEM)
    assert (row["__id"], row["meta"]["instanceID"]) == ("uuid:old", "uuid:new")
    assert row["r@odata.navigationLink"] == "Submissions('uuid%3Aold')/r"


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"\xff\xfe",
        b"<data>Personne",
        b"<!DOCTYPE d><d/>",
        b"<!DOCTYPE d [<!ENTITY e 'x'>]><d>&e;</d>",
    ],
)
def test_what_is_no_xml_is_refused_without_quoting_it(xml: bytes) -> None:
    with pytest.raises(KafoError) as caught:
        submission_row(xml, [], instance_id="uuid:1", system=SYSTEM)
    assert "Personne" not in caught.value.fr + caught.value.en


# -- from the CSV files of a project that Central encrypts


def archive_of(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def exported(fields: list[Field], given: dict[str, bytes]) -> bytes:
    """What the sandbox's CSV export makes of submissions it can read."""
    tables = tables_of(fields, "f", {}, group_paths=True)
    for instance_id, xml in given.items():
        row: dict[str, Any] = dict.fromkeys(
            ("createdAt", "submitterId", "displayName", "reviewState", "deviceId", "formVersion")
        )
        row |= {"instanceId": instance_id, "present": 0, "expected": 0, "edits": 0}
        add_submission(tables, cast("Row", row), parse_submission(xml), None, {})
    names = {path: f"f-{number}.csv" if path else "f.csv" for number, path in enumerate(tables)}
    return archive_of({names[path]: table.text().decode() for path, table in tables.items()})


@given(data=st.data())
def test_rows_from_csv_are_those_from_xml_for_any_form(data: st.DataObject) -> None:
    fields = data.draw(forms())
    listed = [field_json(each, odata=True) for each in fields]
    given_ids = data.draw(st.lists(st.sampled_from(["uuid:1", "uuid:2", "a/b"]), unique=True))
    given = {each: data.draw(letters(fields)) for each in given_ids}
    sealed = dict.fromkeys(given, SYSTEM)
    expected = [
        submission_row(xml, listed, instance_id=each, system=SYSTEM) for each, xml in given.items()
    ]
    found = list(read_decrypted_csv_zip(exported(fields, given), listed, sealed=sealed))
    assert json.dumps(found) == json.dumps(expected)


def test_the_decrypted_archive_of_a_real_central_gives_the_sealed_row() -> None:
    [sealed, _] = answered("16-encryption.jsonl", "encryption-11-odata")["value"]
    body = answered("16-encryption.jsonl", "encryption-19-csvzip-decrypted")["$base64"]
    fields = answered("16-encryption.jsonl", "encryption-20-fields")
    [row] = read_decrypted_csv_zip(
        base64.b64decode(body), fields, sealed={sealed["__id"]: sealed["__system"]}
    )
    assert row == {
        "what": "hidden", "n": 42, "pic": "p.jpg", "meta": {"instanceID": sealed["__id"]},
        "__id": sealed["__id"], "__system": sealed["__system"] | {"status": None},
    }  # fmt: skip


def household() -> bytes:
    body = answered("17-export.jsonl", "export-04-csvzip-noattachments")["$base64"]
    return base64.b64decode(body)


def test_repeats_of_a_real_archive_become_those_of_odata() -> None:
    rows = answered("08-repeats.jsonl", "repeats-04-submissions-expand")["value"]
    [row] = [row for row in rows if row["head"] == "H3"]
    sealed = {row["__id"]: row["__system"]}
    assert list(read_decrypted_csv_zip(household(), HOUSEHOLD, sealed=sealed)) == [row]


def test_what_was_edited_meanwhile_or_is_still_sealed_waits() -> None:
    edited = {"uuid:7e0ed45a-e63f-45c6-b4d5-2fdbf83fdc24": SYSTEM}
    assert list(read_decrypted_csv_zip(household(), HOUSEHOLD, sealed=edited)) == []
    [kept] = read_decrypted_csv_zip(
        household(), HOUSEHOLD, sealed={each: SYSTEM | {"edits": 2} for each in edited}
    )
    assert [member["mname"] for member in kept["member"]] == ["Zed", "Ann", "Cal"]
    closed = HEAD + "x,,,uuid:1,5,a,0,0,not decrypted,,d,0,1\n"
    archive = archive_of({"f.csv": closed})
    assert list(read_decrypted_csv_zip(archive, SMALL, sealed={"uuid:1": SYSTEM})) == []


SMALL = [{"path": "/a", "type": "string"}, {"path": "/b", "type": "geotrace"}]
HEAD = (
    "SubmissionDate,a,b,KEY,SubmitterID,SubmitterName,AttachmentsPresent,AttachmentsExpected,"
    "Status,ReviewState,DeviceID,Edits,FormVersion\n"
)


def test_line_ends_inside_answers_and_very_long_ones_come_whole() -> None:
    trace = ";".join(["14.45123456 -11.43123456 12.5 4.2"] * 9_000)
    answer = 'one\rtwo "three",\nfour'
    quoted = answer.replace('"', '""')
    text = HEAD + f'x,"{quoted}",{trace},uuid:1,5,a,0,0,,,d,0,1\n'
    text += "x,one\rtwo,,uuid:2,5,a,0,0,,,d,0,1\n"  # Central does not quote a lone return
    sealed = {"uuid:1": SYSTEM, "uuid:2": SYSTEM}
    first, second = read_decrypted_csv_zip(archive_of({"f.csv": text}), SMALL, sealed=sealed)
    assert (first["a"], second["a"], second["b"]) == (answer, "one\rtwo", None)
    assert len(first["b"]["coordinates"]) == 9_000


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.99])
def test_a_cut_archive_may_be_tried_again(part: float) -> None:
    whole = household()
    with pytest.raises(Transient, match="coupée"):
        list(read_decrypted_csv_zip(whole[: int(len(whole) * part)], HOUSEHOLD, sealed={}))


def test_an_archive_damaged_anywhere_gives_the_right_rows_or_an_error() -> None:
    whole = household()
    edited = {"uuid:7e0ed45a-e63f-45c6-b4d5-2fdbf83fdc24": SYSTEM | {"edits": 2}}
    right = list(read_decrypted_csv_zip(whole, HOUSEHOLD, sealed=edited))
    for place, byte in enumerate(whole):
        damaged = whole[:place] + bytes([byte ^ 1]) + whole[place + 1 :]
        try:
            found = list(read_decrypted_csv_zip(damaged, HOUSEHOLD, sealed=edited))
        except KafoError:
            continue
        assert found == right


def change_header(files: dict[str, str]) -> None:
    files["household-visit.csv"] = files["household-visit.csv"].replace("vnote", "vother")


def swap_repeats(files: dict[str, str]) -> None:
    files["household-asset.csv"] = files["household-asset.csv"].replace("/asset[", "/member[")


def drop_repeat(files: dict[str, str]) -> None:
    del files["household-asset.csv"]


@pytest.mark.parametrize("change", [change_header, swap_repeats, drop_repeat])
def test_an_archive_of_another_version_is_refused(
    change: Callable[[dict[str, str]], None],
) -> None:
    with zipfile.ZipFile(io.BytesIO(household())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    change(files)
    edited = {"uuid:7e0ed45a-e63f-45c6-b4d5-2fdbf83fdc24": SYSTEM | {"edits": 2}}
    with pytest.raises(KafoError, match="version"):
        list(read_decrypted_csv_zip(archive_of(files), HOUSEHOLD, sealed=edited))
