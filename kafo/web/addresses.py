"""Addresses that come from outside and that people are sent to."""


def local(address: str) -> str:
    """Only a path of our own: anything else would lead people to other sites."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and address.isprintable() and "\\" not in address else "/"
