"""Telephone numbers as the golden record shows them: E.164, so that they can be dialled and compared."""

import phonenumbers


def international(number: str | None, country: str | None) -> str | None:
    """`+22370000001` for `70000001` in `ML`; None for what no operator of the country gives."""
    if not number:
        return None
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
