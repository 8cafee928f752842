"""Requests to indexes: one session, few at a time, retries, redirects by hand, budgets; offline opens no socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urljoin

from depscan.errors import NotThere, RegistryError
from depscan.registry.credentials import Credentials
from depscan.registry.records import Budget
from depscan.registry.reply import Reply, TryAgainError
from depscan.registry.urls import host, plain, same_host, shown
from depscan.version import __version__

_T = TypeVar("_T")
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_REFUSED = frozenset({401, 403})
_GOOD = frozenset({200, 206, 304, 416})
_MOST_REDIRECTS = 5
_LONGEST_WAIT = 30.0
_SILENT = 3
"""After so many requests in a row that a host did not answer at all, it is not asked again."""


class Client:
    """Asks servers within a budget; safe to use from several threads.

    Args:
        credentials: see there.
        budget: see there.
        offline: refuse every request before a socket is opened.
        ca: path of a bundle of certificates; "" for the usual one.
    """

    def __init__(self, credentials: Credentials, budget: Budget, *, offline: bool = False, ca: str = "") -> None:
        self.budget = budget
        self.offline = offline
        self.received = 0
        self.requests = 0
        self.moves: set[tuple[str, str]] = set()
        self._credentials = credentials
        self._ca = ca
        self._slots = threading.BoundedSemaphore(max(budget.jobs, 1))
        self._lock = threading.Lock()
        self._silent: dict[str, int] = {}
        self._end = 0.0
        self._made: Any = None

    def close(self) -> None:
        """Close the connections."""
        if self._made is not None:
            self._made.close()

    def ask(
        self, url: str, headers: Mapping[str, str], use: Callable[[Reply], _T], *, elsewhere: bool, absent: str = ""
    ) -> _T:
        """Return ``use(reply)`` of a GET with a good status (200, 206, 304, 416).

        Args:
            url: http or https, without credentials.
            headers: of the request.
            use: reads the reply; it is called again when the body breaks off.
            elsewhere: whether another host may answer after a redirect.
            absent: what it means that there is nothing, for the message.

        Raises:
            NotThere: status 404 or 410.
            RegistryError: anything else that is no answer.
        """
        if self.offline:
            raise RegistryError(f"offline and not in the cache: {shown(url)}", hint="run once without --offline")
        reason, wait = "no attempt allowed", 0.0
        for attempt in range(self.budget.attempts):
            if attempt:
                self.budget.sleep(max(wait, min(self.budget.pause * 2 ** (attempt - 1), _LONGEST_WAIT)))
            self._check_time(url)
            try:
                with self._slots:
                    found = self._follow(url, headers, use, elsewhere=elsewhere, absent=absent)
            except TryAgainError as error:
                reason, wait = str(error), min(error.wait, _LONGEST_WAIT)
                self._count(url, silent=error.silent)
                continue
            self._count(url, silent=False)
            return found
        raise RegistryError(f"{shown(url)}: {reason}, {self.budget.attempts} times")

    def _check_time(self, url: str) -> None:
        with self._lock:
            self._end = self._end or time.monotonic() + self.budget.seconds
            silent = self._silent.get(host(url), 0) >= _SILENT
        if silent:
            raise RegistryError(f"{shown(url)}: not asked, the host did not answer {_SILENT} requests before")
        if time.monotonic() > self._end:
            raise RegistryError(f"{shown(url)}: not asked, the budget of {self.budget.seconds:g} seconds is spent")

    def _count(self, url: str, *, silent: bool) -> None:
        with self._lock:
            at = host(url)
            self._silent[at] = self._silent.get(at, 0) + 1 if silent else 0

    def _spend(self, size: int) -> None:
        with self._lock:
            self.received += size
            spent = self.received > self.budget.total
        if spent:
            raise RegistryError(f"the budget of {self.budget.total} bytes is spent")

    def _follow(
        self, url: str, headers: Mapping[str, str], use: Callable[[Reply], _T], *, elsewhere: bool, absent: str
    ) -> _T:
        target, moved, asked, redirects = url, False, False, 0
        while redirects <= _MOST_REDIRECTS:
            login = "" if moved else self._credentials.header(target)
            with self._send(target, headers, login, moved=moved) as reply:
                if reply.status in _REFUSED and not moved and not asked:
                    asked = True
                    if self._credentials.ask_keyring(target):
                        continue
                if reply.status not in _REDIRECTS:
                    return _judged(url, reply, use, absent)
                redirects += 1
                target = self._next(url, target, reply.header("Location"), elsewhere=elsewhere)
                moved = moved or not same_host(url, target)
        raise RegistryError(f"{shown(url)}: more than {_MOST_REDIRECTS} redirects")

    def _next(self, first: str, url: str, location: str, *, elsewhere: bool) -> str:
        """Return where a redirect leads.

        Raises:
            RegistryError: nowhere, to an unencrypted place, or to another host where that is not allowed.
        """
        try:
            target = plain(urljoin(url, location)) if location else ""
        except ValueError:
            target = ""
        if not target:
            raise RegistryError(f"{shown(first)}: a redirect to no http or https URL")
        if url.startswith("https:") and target.startswith("http:"):
            raise RegistryError(f"{shown(first)}: a redirect from https to http")
        if not same_host(first, target):
            if not elsewhere:
                raise RegistryError(
                    f"{shown(first)}: a redirect to another host, {host(target)}",
                    hint="configure that index itself if it is right",
                )
            with self._lock:
                self.moves.add((host(first), host(target)))
        return target

    @contextmanager
    def _send(self, url: str, headers: Mapping[str, str], login: str, *, moved: bool) -> Iterator[Reply]:
        """Send one GET; headers that do not come in time end it, however slowly they drip."""
        box: list[Any] = []
        late = threading.Event()
        thread = threading.Thread(target=self._get, args=(url, dict(headers), login, box, late), daemon=True)
        thread.start()
        thread.join(max(min(self.budget.answer, self._end - time.monotonic()), 0.1))
        late.set()
        if not box:
            raise RegistryError(f"{shown(url)}: no answer in time")
        if isinstance(box[0], BaseException):
            raise box[0]
        response = box[0]
        try:
            yield Reply(url, response, self._spend, self._end, moved=moved)
        finally:
            response.close()

    def _get(self, url: str, headers: dict[str, str], login: str, box: list[Any], late: threading.Event) -> None:
        import requests
        import urllib3

        try:
            session = self._session()
            request = requests.Request("GET", url, headers=headers, auth=_Login(login))
            prepared = session.prepare_request(request)
            with self._lock:
                self.requests += 1
            options = session.merge_environment_settings(url, {}, True, self._ca or None, None)
            response = session.send(prepared, timeout=self.budget.idle, allow_redirects=False, **options)
        except (requests.exceptions.SSLError, requests.exceptions.InvalidURL) as error:
            box.append(RegistryError(f"{shown(url)}: {_name(error)}"))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            box.append(TryAgainError(_name(error), silent=True))
        else:
            if late.is_set():
                response.close()
            else:
                box.append(response)

    def _session(self) -> Any:  # noqa: ANN401 - requests is imported when first needed
        with self._lock:
            if self._made is None:
                self._made = _session(self.budget.jobs)
            return self._made


def _session(jobs: int) -> Any:  # noqa: ANN401
    from http.cookiejar import DefaultCookiePolicy

    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = f"depscan/{__version__}"
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_connections=jobs, pool_maxsize=jobs, max_retries=0))
    return session


class _Login:
    """Sets Authorization, or makes sure that requests sets none by itself (it would read netrc for any host)."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self, request: Any) -> Any:  # noqa: ANN401 - requests' PreparedRequest
        if self._value:
            request.headers["Authorization"] = self._value
        return request


def _judged(url: str, reply: Reply, use: Callable[[Reply], _T], absent: str) -> _T:
    if reply.status in _AGAIN:
        after = reply.header("Retry-After")
        wait = float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0.0  # noqa: PLR2004 - a day
        raise TryAgainError(f"HTTP status {reply.status}", wait=wait)
    if reply.status in _GONE:
        raise NotThere(f"{shown(url)}: {absent or 'not there'} (HTTP status {reply.status})")
    if reply.status in _REFUSED:
        hint = "credentials come from the URL in the configuration, netrc or keyring"
        raise RegistryError(f"{shown(url)}: refused (HTTP status {reply.status})", hint=hint)
    if reply.status not in _GOOD:
        raise RegistryError(f"{shown(url)}: HTTP status {reply.status}")
    return use(reply)


def _name(error: BaseException) -> str:
    """Return what went wrong without the exception's text, which may hold anything."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate or encryption is not accepted"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection"
    return f"no request possible ({type(error).__name__})"
