"""Names written in every way this region writes them come out as one; anything at all is read."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.identity.names import Name, fold, read_name, read_table, sound_key, spelling

_ANY = st.text(max_size=30)
_LIKELY = st.text(alphabet="aàeéèiouycdgjhklmnqrstwxz' -’", max_size=18)


@pytest.mark.parametrize(
    "spellings",
    [
        "Traoré Traore Tarawele TRAORE Tarawally",
        "Coulibaly Koulibali Kulibali",
        "Diarra Jara Jarra",
        "N'Diaye Ndiaye Njie N’Diaye",
        "Ouédraogo Wedraogo OUEDRAOGO",
        "Diallo Jallow Jalloh Dialo",
        "Cissé Sissé Ceesay",
        "Konaté Konateh",
        "Ouattara Wattara",
    ],
)
def test_one_last_name_has_one_form(spellings: str) -> None:
    assert len({read_name(name, "Awa").last for name in spellings.split()}) == 1


@pytest.mark.parametrize(
    "spellings",
    [
        "Mamadou Mamoudou Mahamadou Mohamed",
        "Seydou Saidou Seïdou Seidu",
        "Fatoumata Fatou Fatumata",
        "Aboubacar Boubacar Abubakar",
        "Souleymane Suleiman",
        "Abdoulaye Abdulai Ablaye",
    ],
)
def test_one_first_name_has_one_form(spellings: str) -> None:
    assert len({read_name("Keïta", name).first for name in spellings.split()}) == 1


@pytest.mark.parametrize("others", ["Diarra Diallo", "Touré Traoré", "Keïta Koïta", "Sow Sy"])
def test_different_last_names_stay_different(others: str) -> None:
    one, other = others.split()
    assert read_name(one, "Awa").last != read_name(other, "Awa").last


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("Mamadou", "Traoré"),
        ("El Hadj Mamadou Traoré", ""),
        ("", "Traoré Mamadou"),
        ("TRAORE", "Mamadou dit Papa"),
        ("Mamadou Traoré", "Mamadou"),
    ],
)
def test_fields_are_put_right_and_titles_dropped(last: str, first: str) -> None:
    assert read_name(last, first) == Name("traore", "mamadu", ())


def test_a_deployment_adds_its_own_names() -> None:
    mine = [("first", "Vieux", "Mamadou")]
    assert read_name("Sow", "Vieux", read_table(mine)).first == "mamadu"
    assert read_name("Sow", "Vieux").first != "mamadu"


@given(_ANY | _LIKELY)
@example("titya")
def test_rules_change_nothing_twice(text: str) -> None:
    for word in fold(text):
        assert spelling(spelling(word)) == spelling(word)
        assert sound_key(spelling(word))


@given(_ANY | _LIKELY, _ANY | _LIKELY)
def test_any_name_is_read_and_reading_it_again_changes_nothing(last: str, first: str) -> None:
    name = read_name(last, first)
    assert read_name(name.last, " ".join((name.first, *name.other))) == name
