"""What is said of a command that is not written as it should be; the library only says it in English.

Typer keeps the classes of these errors to itself, so they are told apart by name.
"""

import typer

from forms.language import say


def mistyped(error: typer.TyperException) -> str:
    """What is wrong, and where to read how it is written; of a group alone, its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(error)
    words = _words(error)
    what = _what(error)
    return say(
        f"Erreur : commande mal écrite ({what}). « {words} --help » montre comment l'écrire.",
        f"Error: the command is not written so ({what}). '{words} --help' shows how to write it.",
    )


def _words(error: typer.TyperException) -> str:
    context, names = getattr(error, "ctx", None), list[str]()
    while context is not None and context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join(["kafo", *names])


def _what(error: typer.TyperException) -> str:
    option = getattr(error, "option_name", "")
    parameter = getattr(error, "param", None)
    name = _name(parameter) if parameter is not None else ""
    match type(error).__name__:
        case "NoSuchOption":
            return say(f"option inconnue : {option}", f"unknown option: {option}")
        case "BadOptionUsage":
            return say(f"{option} attend une valeur", f"{option} needs a value")
        case "MissingParameter":
            return say(f"il manque {name}", f"{name} is missing")
        case "BadParameter" if name:
            return say(f"la valeur de {name} ne convient pas", f"the value of {name} is not right")
    return str(error).rstrip(".")


def _name(parameter: object) -> str:
    """An option as it is typed, an argument as the help calls it."""
    options = [each for each in getattr(parameter, "opts", ()) if each.startswith("--")]
    return str(options[0]) if options else str(getattr(parameter, "name", "")).upper()
