"""The reference lists hang together."""

import re

import pytest

from forms.compiler import REFERENCE, compile_form, form_ids, read_reference

FILES = sorted(file.name for file in REFERENCE.glob("*.csv"))
KEYS = {"region_laws.csv": ("region", "code_system"), "site_positions.csv": ("site",)}

Rows = list[dict[str, str]]


def rows(name: str) -> Rows:
    return read_reference(REFERENCE / name)


def names(name: str) -> set[str]:
    return {row["name"] for row in rows(name)}


@pytest.mark.parametrize("name", FILES)
def test_keys_are_unique_and_nothing_overflows(name: str) -> None:
    keys = [tuple(row[key] for key in KEYS.get(name, ("name",))) for row in rows(name)]
    assert keys
    assert len(keys) == len(set(keys))
    assert all(all(part for part in key) for key in keys)
    assert all(None not in row and None not in row.values() for row in rows(name))


@pytest.mark.parametrize(
    ("child", "column", "parent"),
    [
        ("communes.csv", "cercle", "cercles.csv"),
        ("sites.csv", "commune", "communes.csv"),
        ("countries.csv", "country_group", "country_groups.csv"),
        ("occupations.csv", "occupation_group", "occupation_groups.csv"),
        ("site_positions.csv", "site", "sites.csv"),
    ],
)
def test_what_a_list_refers_to_exists(child: str, column: str, parent: str) -> None:
    assert {row[column] for row in rows(child)} <= names(parent)


@pytest.mark.parametrize("parent", ["cercles.csv"])
def test_every_cercle_has_communes(parent: str) -> None:
    assert names(parent) == {row["cercle"] for row in rows("communes.csv")}


def test_every_cercle_has_its_line_for_a_seat_and_no_position_is_made_up() -> None:
    seats = rows("cercle_seats.csv")
    assert [row["name"] for row in seats] == [row["name"] for row in rows("cercles.csv")]
    for row in seats:
        known = [bool(row[column]) for column in ("latitude", "longitude", "accuracy_km")]
        assert len(set(known)) == 1, row
        if known[0]:
            assert 12 < float(row["latitude"]) < 16, row
            assert -12.5 < float(row["longitude"]) < -8, row


def test_new_and_old_cercles_say_whose_codes_they_are() -> None:
    new, old = rows("cercles.csv"), rows("cercles_before_2023.csv")
    assert {row["code_system"] for row in new} == {"loi-2023-006"}
    assert all(row["code_system"] and row["version"] and row["code"] for row in old)
    assert all(row["code_certainty"] in {"C", "P", "V"} for row in new)
    assert all(row["code_certainty"] == "C" for row in new if row["code"])


def test_every_new_cercle_comes_from_exactly_one_old_cercle() -> None:
    successors = [s for row in rows("cercles_before_2023.csv") for s in row["successors"].split()]
    assert sorted(successors) == sorted(names("cercles.csv"))


def test_codes_of_communes_begin_with_the_code_of_their_cercle() -> None:
    codes = {row["name"]: row["code"] for row in rows("cercles.csv")}
    for row in rows("communes.csv"):
        assert not row["code"] or row["code"].startswith(codes[row["cercle"]] or "?"), row["name"]


def test_regions_of_cercles_have_their_laws() -> None:
    assert {row["region"] for row in rows("cercles.csv")} == {
        row["region"] for row in rows("region_laws.csv")
    }


def test_phone_rules_of_countries_can_be_met() -> None:
    for row in rows("countries.csv"):
        lengths = [int(length) for length in row["mobile_lengths"].split()]
        assert re.fullmatch(r"[A-Z]{2}", row["name"])
        assert bool(row["dial_code"]) == bool(lengths) or row["name"] == "XX"
        assert all(7 <= length <= 11 for length in lengths)
        assert all(re.fullmatch(r"\d{1,2}", start) for start in row["mobile_starts"].split())
    dial_codes = [row["dial_code"] for row in rows("countries.csv") if row["dial_code"]]
    assert len(dial_codes) == len(set(dial_codes))
    assert all(re.fullmatch(r"[1-9]\d{0,2}", code) for code in dial_codes)


def test_both_languages_are_there() -> None:
    for name in FILES:
        first = rows(name)[0]
        if "label_fr" in first:
            assert all(row["label_fr"] and row["label_en"] for row in rows(name)), name


def test_phones_get_no_coordinates() -> None:
    for form_id in form_ids():
        for name, content in compile_form(form_id).media.items():
            text = content.decode()
            header = text.splitlines()[0].lower()
            assert not re.search(
                r"\b(lat|lon|latitude|longitude|geometry|accuracy\w*)\b", header
            ), name
            assert not re.search(r"-?\d{1,2}\.\d{2,}", text), name


def test_codes_can_be_choice_names() -> None:
    for name in FILES:
        for row in rows(name):
            assert re.fullmatch(r"[A-Za-z0-9_-]+", row.get("name", "x")), name
