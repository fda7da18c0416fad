"""Finds mistakes in forms that pyxform and the engines let pass; works on any XLSForm workbook."""

from pathlib import Path

from forms.compiler import CompiledForm
from forms.lint import columns, entity_lists, flow, texts, values
from forms.lint.book import Finding, Rule, read_book
from forms.review_sheets import read_review
from forms.source import read_definition

__all__ = ["RULES", "Finding", "lint"]

RULES: tuple[Rule, ...] = (
    texts.message_without_constraint,
    texts.required_without_message,
    texts.blank_translation,
    texts.default_language_unknown,
    texts.joined_references,
    values.unknown_choice_compared,
    values.select_multiple_equals,
    values.text_arithmetic,
    values.unanchored_regex,
    flow.forward_reference,
    flow.required_and_read_only,
    flow.last_saved,
    columns.unknown_column,
    columns.unknown_appearance,
    columns.version_not_dated,
    columns.missing_media,
    columns.filter_column,
    entity_lists.unknown_property,
    entity_lists.function_in_predicate,
    entity_lists.blank_key,
    entity_lists.entity_id_computed,
)


def lint(form: CompiledForm | Path) -> list[Finding]:
    """Every finding about a compiled form, or about a workbook with its files beside it."""
    if isinstance(form, CompiledForm):
        definition = read_definition(form.source)
        lines = {line.name: (line.file, line.number) for line in definition.all_lines()}
        book = read_book(form.sheets, form.source, media=form.media, lines=lines)
    else:
        beside = [file for file in form.parent.iterdir() if file.is_file() and file != form]
        media = {file.name: file.read_bytes() for file in beside}
        book = read_book(read_review(form), form, media=media, lines={})
    return [finding for rule in RULES for finding in rule(book)]
