"""The session with ODK Central: pyodk, with time-outs and retries that also hold on http.

pyodk mounts its retrying adapter on https only, logs whole answers with every error, keeps its
token in a file and never logs in again after 24 hours; all four are set right here.
"""

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from pyodk._utils.config import CentralConfig, Config
from pyodk._utils.session import Adapter, Session
from pyodk.client import Client
from pyodk.errors import PyODKError
from urllib3.util import Retry

from sync import errors

_TIMEOUT = (10.0, 150.0)
"""Seconds to connect, and between two bytes. Central itself gives up after 120 s of silence."""

_TRIES = 4
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Account:
    """Where ODK Central is and who asks. The password never shows in a repr."""

    url: str
    email: str
    password: str

    def __repr__(self) -> str:
        return f"Account(url={self.url!r}, email={self.email!r})"


@dataclass(frozen=True, slots=True)
class Source:
    """Where to read: the session, its account, the projects, and the forms (None means all)."""

    client: Client
    account: Account
    projects: Sequence[int]
    forms: Sequence[str] | None = None


class PatientRetry(Retry):
    """Waits 1, 2, 4 … seconds with jitter between tries, or as long as `Retry-After` says."""

    DEFAULT_BACKOFF_MAX = 60

    def get_backoff_time(self) -> float:
        """Jitter keeps many clients of one recovering server from knocking at the same moment."""
        return float(super().get_backoff_time()) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


class _Session(Session):  # type: ignore[misc]  # pyodk ships no types
    """A pyodk session that logs in again when Central no longer knows its token (after 24 h)."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        """As pyodk's; an answer 401 to a request made with an old token is asked once more."""
        had_token = "Authorization" in self.headers
        response: requests.Response = super().request(method, url, *args, **kwargs)
        if response.status_code != 401 or not had_token or url.endswith("sessions"):
            return response
        response.close()
        del self.headers["Authorization"]
        response = super().request(method, url, *args, **kwargs)
        return response


def connect(account: Account, *, project_id: int | None = None, backoff: float = 1.0) -> Client:
    """A pyodk client that survives http, hiccups and old tokens; nothing is written to disk."""
    logging.getLogger("pyodk").setLevel(logging.CRITICAL + 1)
    session = _Session(account.url, "v1", account.email, account.password, cache_path=None)
    retry = PatientRetry(
        total=_TRIES,
        backoff_factor=backoff,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods={"GET", "HEAD"},
        raise_on_status=False,
        respect_retry_after_header=True,
    )
    for scheme in ("http://", "https://"):
        session.mount(scheme, Adapter(timeout=_TIMEOUT, max_retries=retry, blocksize=_CHUNK))
    config = Config(CentralConfig(account.url, account.email, account.password))
    client = Client(config=config, session=session, project_id=project_id)
    with explained(account, what="la session / the session"):
        client.open()
    return client


@contextmanager
def explained(
    account: Account, *, what: str, missing: errors.CentralError | None = None
) -> Iterator[None]:
    """Turn what requests and pyodk raise into a CentralError; `missing` says what a 404 means."""
    try:
        yield
    except PyODKError as error:
        response = error.args[1] if len(error.args) > 1 else None
        if response is None:
            raise errors.not_central(what) from None
        raise _refusal(response, account, what, missing) from None
    except requests.HTTPError as error:
        if error.response is None:
            raise errors.not_central(what) from None
        raise _refusal(error.response, account, what, missing) from None
    except requests.exceptions.SSLError:
        raise errors.tls_refused(account.url) from None
    except requests.exceptions.ChunkedEncodingError:
        raise errors.cut_off(what) from None
    except requests.Timeout:
        raise errors.too_slow(account.url) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema):
        raise errors.unreachable(account.url) from None
    except requests.ConnectionError as error:
        if "Read timed out" in str(error):
            raise errors.too_slow(account.url) from None
        raise errors.unreachable(account.url) from None
    except requests.exceptions.JSONDecodeError:
        raise errors.not_central(what) from None


def _refusal(
    response: requests.Response,
    account: Account,
    what: str,
    missing: errors.CentralError | None,
) -> errors.CentralError:
    status = response.status_code
    if status == 401:
        return errors.wrong_password(account.email)
    if status == 403:
        return errors.forbidden(what)
    if status == 404:
        return missing or errors.unexpected(status, what)
    if status == 429 or status >= 500:
        return errors.overloaded(status)
    return errors.unexpected(status, what)


def get_json(client: Client, url: str, **kwargs: Any) -> Any:
    """GET a JSON answer; raises requests' errors, to be met by `explained`."""
    response = client.get(url, **kwargs)
    response.raise_for_status()
    return response.json()
