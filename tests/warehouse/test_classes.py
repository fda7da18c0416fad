"""Every column of the centre's forms says how sensitive it is and what it is for."""

from sqlalchemy import Engine, text

from forms.compiler import compile_form, form_ids, question_notes
from forms.xform import read_xform
from warehouse.form_tables import adopt_form


def test_class_and_purpose_flow_from_the_definitions_into_the_warehouse(engine: Engine) -> None:
    with engine.begin() as connection:
        for form_id in form_ids():
            form = compile_form(form_id)
            xform = read_xform(form.xform)
            fields = [
                {
                    "path": f.path,
                    "name": f.name,
                    "type": f.type,
                    "selectMultiple": f.select_multiple,
                }
                for f in xform.fields
            ]
            adopt_form(
                connection,
                project_id=1,
                xform=xform,
                xml=form.xform,
                fields=fields,
                definition_hash="x",
                now="2026-11-01T00:00:00.000Z",
                notes=question_notes(form_id),
            )
        bare = "select form_id, path from question where sensitivity is null or purpose is null"
        assert connection.execute(text(bare)).all() == []
        known = "select sensitivity from question where form_id = 'membership' and path = '/membership/union'"
        assert connection.scalar(text(known)) == "R"
        total = connection.scalar(text("select count(*) from question"))
        assert total is not None
        assert total > 150


def test_a_form_that_is_not_ours_has_no_notes() -> None:
    assert question_notes("somebody_elses") == {}
    assert question_notes("choices") == {}
