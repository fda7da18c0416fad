"""What an XForm says is read as Central and phones read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from forms.errors import FormError
from forms.xform import Choice, MediaFile, XForm, read_xform

SHEET = """
| survey |
|| type | name |label::French (fr)|label::English (en)|hint::French (fr)|choice_filter|calculation|relevant|required|media::image::French (fr)|save_to|
| | select_one yn | s | Oui ${n} ? | Yes ${n}? | aide | | | | yes | | |
| | select_multiple yn | m | Plusieurs | Several | | v=${s} | | | | logo.png | |
| | integer | n | Âge | Age | | | | ${s}='a' | | | age |
| | rank yn | rk | Rang | Rank | | | | | | | |
| | select_one_from_file sites.csv | site | Site | Site | | | | | | | |
| | begin_repeat | r | R | R | | | | | | | |
| | text | t | T | T | | | | | | | |
| | begin_group | g | G | G | | | | | | | |
| | decimal | w | Poids | Weight | | | | | | | |
| | end_group | | | | | | | | | | |
| | end_repeat | | | | | | | | | | |
| | calculate | c | | | | | ${n} + 1 | | | | |
| | select_one ${t} | head | Qui ? | Who? | | | | | | | |
| | select_one yn or_other | o | Autre | Other | | | | | | | |
| | photo | p | Photo | Photo | | | | | | | |
| choices |
| | list_name | name | label::French (fr) | label::English (en) | v |
| | yn | a | Oui | Yes | a |
| | yn | b | Non | No | b |
| settings |
| | form_title | form_id | version | default_language | public_key |
| | Titre | essai | 3 | French (fr) | MIIB |
| entities |
| | list_name | label |
| | people | ${s} |
"""  # noqa: E501 (a table row is one line)


@pytest.fixture(scope="module")
def form() -> XForm:
    return read_xform(convert(xlsform=SHEET, validate=False, pretty_print=False).xform)


def test_the_head_of_the_form_is_read(form: XForm) -> None:
    assert (form.form_id, form.version, form.title, form.root) == ("essai", "3", "Titre", "data")
    assert form.languages == ("French (fr)", "English (en)")
    assert form.default_language == "French (fr)"
    assert form.public_key == "MIIB"


def test_fields_come_in_document_order_with_centrals_types(form: XForm) -> None:
    assert [(f.path, f.type) for f in form.fields] == [
        ("/s", "string"),
        ("/m", "string"),
        ("/n", "int"),
        ("/rk", "odk:rank"),
        ("/site", "string"),
        ("/r", "repeat"),
        ("/r/t", "string"),
        ("/r/g", "structure"),
        ("/r/g/w", "decimal"),
        ("/c", "string"),
        ("/head", "string"),
        ("/o", "string"),
        ("/o_other", "string"),
        ("/p", "binary"),
        ("/meta", "structure"),
        ("/meta/entity", "structure"),
        ("/meta/entity/label", "string"),
        ("/meta/instanceID", "string"),
    ]
    assert [f.order for f in form.fields] == list(range(18))
    assert [f.path for f in form.fields if f.repeat == "/r"] == ["/r/t", "/r/g", "/r/g/w"]
    assert [f.path for f in form.fields if f.select_multiple] == ["/m"]


def test_labels_are_in_every_language_with_outputs_as_names(form: XForm) -> None:
    select = form.field("/s")
    other = form.field("/o_other")
    assert select is not None
    assert other is not None
    assert select.labels == {"French (fr)": "Oui ${n} ?", "English (en)": "Yes ${n}?"}
    assert select.hints["French (fr)"] == "aide"
    assert other.labels == {"French (fr)": "Specify other.", "English (en)": "Specify other."}


def test_choices_lead_to_a_list_a_file_or_a_repeat(form: XForm) -> None:
    names = {f.path: f.choices for f in form.fields if f.choices is not None}
    assert names == {
        "/s": "yn",
        "/m": "yn",
        "/rk": "yn",
        "/site": "sites",
        "/head": "/r",
        "/o": "yn",
    }
    assert set(form.lists) == {"yn"}
    assert form.lists["yn"][0] == Choice("a", {"French (fr)": "Oui", "English (en)": "Yes"})
    assert [choice.value for choice in form.lists["yn"]] == ["a", "b", "other"]


def test_bind_attributes_are_kept(form: XForm) -> None:
    found = {f.name: f for f in form.fields}
    assert found["s"].required == "true()"
    assert found["n"].relevant == " /data/s ='a'"
    assert found["c"].calculate == " /data/n  + 1"
    assert found["instanceID"].readonly == "true()"
    assert found["t"].relevant is None


def test_files_and_entities_are_declared(form: XForm) -> None:
    assert form.files == (MediaFile("sites.csv", "file"), MediaFile("logo.png", "image"))
    assert form.media == ("sites.csv", "logo.png")
    [people] = form.entity_lists
    assert (people.dataset, people.create, people.update, people.path) == (
        "people",
        True,
        False,
        "",
    )
    assert people.save_to == {"age": "/n"}


HAND_MADE = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>Main</h:title><model>
<instance><dat id="x"><dated/><q/><orx:meta><orx:instanceID/></orx:meta></dat></instance>
<instance id="l"><root><item><value>1</value><label>Un</label></item></root></instance>
<bind nodeset="/dat/dated" type="date"/><bind nodeset="q" type="string"/>
<bind nodeset="/dat/orx:meta/orx:instanceID"/>
</model></h:head><h:body>
<select1 ref="/dat/q"><label>Q</label><item><label>Oui</label><value>o</value></item></select1>
<input ref="/dat/dated" query="x"><label>D</label></input>
<select1 ref="/dat/other" appearance="minimal search('fruits', 'a')"/>
</h:body></h:html>"""


def test_a_hand_made_form_without_languages_speaks_the_default_one() -> None:
    form = read_xform(HAND_MADE)
    assert form.version == ""
    assert form.languages == ("default",)
    assert [(f.path, f.type) for f in form.fields] == [
        ("/dated", "date"),
        ("/q", "string"),
        ("/meta", "structure"),
        ("/meta/instanceID", "unknown"),  # a bind without a type counts for nothing
    ]
    assert form.fields[1].choices == "/q"
    assert form.lists["/q"] == (Choice("o", {"default": "Oui"}),)
    assert form.lists["l"] == (Choice("1", {"default": "Un"}),)
    assert form.media == ("itemsets.csv", "fruits.csv")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<data/>",
        "<h:html xmlns:h='x'/>",
        "<h:html xmlns:h='x'><h:head><model/></h:head><h:body/></h:html>",
        "<h:html xmlns:h='x'><h:head><model><instance/></model></h:head><h:body/></h:html>",
        '<!DOCTYPE h [<!ENTITY e "boom">]><h:html xmlns:h="x">&e;</h:html>',
    ],
)
def test_what_is_no_xform_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(FormError) as refusal:
        read_xform(text)
    assert "kafo forms build" in refusal.value.fr


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_text_makes_the_reader_fail_otherwise(text: str | bytes) -> None:
    with pytest.raises(FormError):
        read_xform(text)
