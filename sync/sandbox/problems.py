"""The errors of ODK Central, with its codes and its English texts, which clients know.

Source: responses recorded from Central v2026.2 and its list of problems (lib/util/problem.js).
The texts stay in English because they are the server's words, not ours.
"""

from collections.abc import Sequence
from math import floor


class Problem(Exception):
    """An answer other than success."""

    def __init__(self, code: float, message: str, details: object = None) -> None:
        super().__init__(message)
        self.code, self.message, self.details = code, message, details

    @property
    def status(self) -> int:
        """The HTTP status: the whole part of the code."""
        return floor(self.code)

    def body(self) -> dict[str, object]:
        """The JSON body; details are left out when there are none."""
        body: dict[str, object] = {"message": self.message, "code": self.code}
        return body if self.details is None else body | {"details": self.details}


class Crash(Exception):
    """Central answers 500 "Internal Server Error" here; so do we."""


def unparseable(form: str, length: int) -> Problem:
    """400.1"""
    text = f"Could not parse the given data ({length} chars) as {form}."
    return Problem(400.1, text, {"format": form, "rawLength": length})


def missing_parameter(field: str) -> Problem:
    """400.2"""
    return Problem(400.2, f"Required parameter {field} missing.", {"field": field})


def unexpected_value(field: str, value: object, reason: str) -> Problem:
    """400.8"""
    details = {"field": field, "value": value, "reason": reason}
    return Problem(400.8, f"Unexpected {field} value {value}; {reason}", details)


def wrong_type(value: str, expected: str) -> Problem:
    """400.11"""
    text = f'Invalid input data type: expected "{value}" to be ({expected})'
    return Problem(400.11, text, {"value": value, "expected": expected})


def not_integer(field: str) -> Problem:
    """400.11, for a named parameter."""
    text = f"Invalid input data type: expected ({field}) to be (integer)"
    return Problem(400.11, text, {"field": field, "expected": "integer"})


def out_of_range(value: str, kind: str) -> Problem:
    """400.22"""
    text = f"Provided value '{value}' is out of range for type '{kind}'"
    return Problem(400.22, text, {"value": value, "type": kind})


def too_long() -> Problem:
    """400.13"""
    return Problem(400.13, "Length of value too long for a field")


def warnings(found: dict[str, object]) -> Problem:
    """400.16"""
    text = (
        "The Form is valid, but with warnings. Please check the warnings and if they are "
        "acceptable resubmit with ?ignoreWarnings=true"
    )
    return Problem(400.16, text, {"warnings": found})


def type_conflict(path: str, kind: str) -> Problem:
    """400.17"""
    text = (
        f"The form you have uploaded attempts to change the type of the field at {path}. In a "
        f'previous version, it had the type "{kind}". Please either return that field to its '
        "previous type, or rename the field so it lives at a new path."
    )
    return Problem(400.17, text, {"path": path, "type": kind})


def unparseable_filter(reason: str) -> Problem:
    """400.18"""
    text = f"The OData filter expression you provided could not be parsed: {reason}"
    return Problem(400.18, text, {"reason": reason})


def property_not_found(name: str) -> Problem:
    """400.23"""
    return Problem(400.23, f"Could not find a property named '{name}'", {"property": name})


def unsupported_select(name: str) -> Problem:
    """400.24"""
    text = f"The given OData select property '{name}' uses features not supported by this server."
    return Problem(400.24, text, {"property": name})


def invalid_entity_form(reason: str) -> Problem:
    """400.25"""
    text = f"The entity definition within the form is invalid. {reason}"
    return Problem(400.25, text, {"reason": reason})


def invalid_entity(reason: str) -> Problem:
    """400.28"""
    return Problem(400.28, f"The entity is invalid. {reason}", {"reason": reason})


def authentication_failed() -> Problem:
    """401.2"""
    return Problem(401.2, "Could not authenticate with the provided credentials.")


def https_only() -> Problem:
    """401.3"""
    return Problem(401.3, "This authentication method is only available over HTTPS")


def insufficient_rights() -> Problem:
    """403.1"""
    text = "The authentication you provided does not have rights to perform that action."
    return Problem(403.1, text)


def not_found() -> Problem:
    """404.1"""
    return Problem(404.1, "Could not find the resource you were looking for.")


def xml_conflict() -> Problem:
    """409.1"""
    text = (
        "A submission already exists with this ID, but with different XML. Resubmissions to attach "
        "additional multimedia must resubmit an identical xml_submission_file."
    )
    return Problem(409.1, text)


def not_unique(fields: Sequence[str], values: Sequence[str], table: str) -> Problem:
    """409.3"""
    text = f"A resource already exists with {','.join(fields)} value(s) of {','.join(values)}."
    return Problem(409.3, text, {"fields": list(fields), "values": list(values), "table": table})


def outdated_copy(instance_id: str | None) -> Problem:
    """409.9; Central prints "undefined" for the original sent again after an edit."""
    text = (
        "You tried to update a submission, but the copy you were editing "
        f"({instance_id or 'undefined'}) is now out of date. Please get the new version that has "
        "been submitted, and make your edits again."
    )
    return Problem(409.9, text, {"deprecatedId": instance_id})


def deleted_submission() -> Problem:
    """409.18"""
    return Problem(409.18, "This submission has been deleted. You may not resubmit it.")


def not_implemented(feature: str) -> Problem:
    """501.1"""
    text = f"The requested feature {feature} is not supported by this server."
    return Problem(501.1, text, {"feature": feature})


def unsupported_expression(at: int, kind: str, text: str) -> Problem:
    """501.4"""
    message = (
        "The given OData filter expression uses features not supported by this server: "
        f'{kind} at {at} ("{text}")'
    )
    return Problem(501.4, message, {"at": at, "type": kind, "text": text})


def unsupported_field(text: str, at: int | None = None) -> Problem:
    """501.5"""
    place = "" if at is None else f" at {at}"
    message = (
        "The given OData filter expression references fields not supported by this server: "
        f"{text}{place}"
    )
    return Problem(501.5, message, {"text": text} if at is None else {"at": at, "text": text})
