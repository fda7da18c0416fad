"""What can go wrong between Kafo and ODK Central, each in one sentence that says what to do.

CentralError
├── Transient     try again later: unreachable, overloaded, cut off
└── Terminal      someone must act: password, rights, missing project or form, TLS

Messages never hold the body of an answer: it may quote a person's data.
"""

from forms.errors import KafoError


class CentralError(KafoError):
    """ODK Central cannot be reached or refuses."""


class Transient(CentralError):
    """It may work later by itself; the next run tries again."""


class Terminal(CentralError):
    """It will fail again until someone acts."""


class BusyError(KafoError):
    """Another run is under way."""

    exit_code = 3


def unreachable(url: str) -> Transient:
    """Nobody answers at the address."""
    return Transient(
        f"ODK Central ne répond pas à {url}. Vérifiez la connexion et l'adresse (central.url), "
        "puis relancez : rien n'est perdu.",
        f"ODK Central does not answer at {url}. Check the connection and the address "
        "(central.url), then run again: nothing is lost.",
    )


def too_slow(url: str) -> Transient:
    """The server accepted the call and then stayed silent."""
    return Transient(
        f"ODK Central à {url} a mis trop de temps à répondre. Relancez plus tard : rien n'est perdu.",
        f"ODK Central at {url} took too long to answer. Run again later: nothing is lost.",
    )


def tls_refused(url: str) -> Terminal:
    """The certificate is not trusted; sending the password would be unsafe."""
    return Terminal(
        f"Le certificat de sécurité de {url} n'est pas valable : Kafo n'envoie pas le mot de passe. "
        "Vérifiez l'adresse et la date de cet ordinateur, ou demandez à l'administrateur du serveur "
        "de renouveler le certificat.",
        f"The security certificate of {url} is not valid: Kafo does not send the password. Check the "
        "address and this computer's date, or ask the server's administrator to renew the certificate.",
    )


def wrong_password(email: str) -> Terminal:
    """Central does not know the pair of e-mail and password."""
    return Terminal(
        f"ODK Central refuse le mot de passe du compte {email}. Corrigez KAFO_CENTRAL_PASSWORD "
        "ou le fichier des secrets.",
        f"ODK Central refuses the password of the account {email}. Correct KAFO_CENTRAL_PASSWORD "
        "or the secrets file.",
    )


def forbidden(what: str) -> Terminal:
    """Status 403."""
    return Terminal(
        f"Ce compte n'a pas le droit de lire {what} sur ODK Central (403). Demandez à "
        "l'administrateur le rôle « Project Viewer » (ou « Project Manager » pour publier).",
        f"This account has no right to read {what} on ODK Central (403). Ask the administrator "
        "for the role 'Project Viewer' (or 'Project Manager' to publish).",
    )


def no_project(project_id: int) -> Terminal:
    """Status 404 for a project."""
    return Terminal(
        f"Le projet {project_id} n'existe pas sur ODK Central. Corrigez « central.projects » : "
        "c'est le nombre dans l'adresse de la page du projet.",
        f"Project {project_id} does not exist on ODK Central. Correct 'central.projects': "
        "it is the number in the address of the project's page.",
    )


def no_form(form_id: str, project_id: int) -> Terminal:
    """Status 404 for a form, or a form asked for that the project does not have."""
    return Terminal(
        f"Le formulaire « {form_id} » n'existe pas (ou n'est pas publié) dans le projet "
        f"{project_id}. Publiez-le avec « kafo forms publish » ou corrigez « central.forms ».",
        f"The form '{form_id}' does not exist (or is not published) in project {project_id}. "
        "Publish it with 'kafo forms publish' or correct 'central.forms'.",
    )


def overloaded(status: int) -> Transient:
    """Statuses 429 and 5xx after all retries."""
    return Transient(
        f"ODK Central est surchargé ou en panne (réponse {status}). Relancez plus tard : "
        "rien n'est perdu.",
        f"ODK Central is overloaded or out of order (answer {status}). Run again later: "
        "nothing is lost.",
    )


def unexpected(status: int, what: str) -> Terminal:
    """Any other refusal."""
    return Terminal(
        f"ODK Central a refusé {what} (réponse {status}). Si cela se répète, prévenez l'administrateur.",
        f"ODK Central refused {what} (answer {status}). If it repeats, tell the administrator.",
    )


def cut_off(what: str) -> Transient:
    """The stream ended before its end: status 200 says nothing (a failed stream looks like success)."""
    return Transient(
        f"La réponse d'ODK Central pour {what} a été coupée en route. Rien n'a été enregistré à "
        "moitié ; relancez.",
        f"The answer of ODK Central for {what} was cut off on its way. Nothing was half written; "
        "run again.",
    )


def not_central(what: str) -> Terminal:
    """HTML from a proxy or a captive portal, or JSON that is not what Central sends."""
    return Terminal(
        f"La réponse reçue pour {what} ne vient pas d'ODK Central (portail Wi-Fi, proxy ou mauvaise "
        "adresse ?). Ouvrez central.url dans un navigateur, puis relancez.",
        f"The answer received for {what} does not come from ODK Central (Wi-Fi portal, proxy or "
        "wrong address?). Open central.url in a browser, then run again.",
    )


def no_room(path: str) -> Transient:
    """The disk that takes the spool is full."""
    return Transient(
        f"Le disque est plein : la réponse d'ODK Central n'a pas pu être gardée dans {path}. Libérez "
        "de la place, puis relancez : rien n'est perdu.",
        f"The disk is full: the answer of ODK Central could not be kept in {path}. Free some space, "
        "then run again: nothing is lost.",
    )


def already_running() -> BusyError:
    """The lock is held."""
    return BusyError(
        "Une synchronisation est déjà en cours ; celle-ci n'a rien fait. Attendez qu'elle finisse.",
        "A synchronisation is already under way; this one did nothing. Wait for it to end.",
    )
