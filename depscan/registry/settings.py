"""The indexes that the user's installers would ask, in their order.

Default index: uv's variables, pip's variables, the project's uv.toml or [tool.uv], poetry's sources, the user's
uv.toml, pip's files, the constant in pip's own package. Further indexes of all of these are added. npm: see ``npmrc``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from depscan.registry.credentials import Credentials, of_url
from depscan.registry.project_config import Stated
from depscan.registry.urls import plain, shown


class Index(NamedTuple):
    """An index.

    Attributes:
        url: without credentials and without a slash at the end.
        origin: the file or variable that names it.
        explicit: whether it is asked only for packages that name it.
    """

    url: str
    origin: str
    explicit: bool = False


class Settings(NamedTuple):
    """Which indexes to ask.

    Attributes:
        python: indexes for PyPI's ecosystem in the order of asking; the first that has a name answers.
        npm: pairs of scope ("" for all others) and registry.
        credentials: who may log in where.
        ca: path of a bundle of certificates; "" for the usual one.
        notes: what could not be used of the configuration, without credentials.
    """

    python: tuple[Index, ...] = ()
    npm: tuple[tuple[str, Index], ...] = ()
    credentials: Credentials = Credentials()
    ca: str = ""
    notes: tuple[str, ...] = ()

    def indexes(self, ecosystem: str, name: str) -> tuple[Index, ...]:
        """Return the indexes to ask for a name, in this order; () when none is configured."""
        if ecosystem == "PyPI":
            return tuple(index for index in self.python if not index.explicit)
        if ecosystem != "npm":
            return ()
        by_scope = dict(self.npm)
        scope = name.partition("/")[0] if name.startswith("@") else ""
        found = by_scope.get(scope) or by_scope.get("")
        return (found,) if found else ()


def load_settings(folder: str = ".", environment: Mapping[str, str] = os.environ, *, root: str = "") -> Settings:
    """Read the configuration that applies to a project.

    Args:
        folder: the project's folder.
        environment: environment variables; HOME names the user's folder.
        root: in front of the system's paths; for tests.

    Nothing is asked over the network, and a file that cannot be read is a note.
    """
    from depscan.registry import npmrc, pip_config
    from depscan.registry.config_files import Place, read_toml
    from depscan.registry.project_config import poetry, uv_environment, uv_project, uv_user

    variables = dict(environment)
    home = variables.get("HOME") or variables.get("USERPROFILE") or os.path.expanduser("~")
    place = Place(folder, home, variables, root)
    notes: list[str] = []
    pyproject = read_toml(os.path.join(folder, "pyproject.toml"), notes)
    options = pip_config.options(place, notes)
    stated = [
        *uv_environment(variables),
        *_pip({n: (v, k) for n, k in _PIP.items() if (v := variables.get(k, "").strip())}),
        *uv_project(place, pyproject, notes),
        *poetry(place, pyproject),
        *uv_user(place, notes),
        *_pip(options),
    ]
    no_index = variables.get("PIP_NO_INDEX") or options.get("no-index", ("", ""))[0]
    if no_index.strip().lower() in {"1", "true", "yes", "on", "y", "t"}:
        notes.append("pip is told to ask no index (no-index)")
        pips = {*_PIP.values(), *(place for _, place in options.values())}
        stated = [one for one in stated if one.origin not in pips]
    elif not any(one.default for one in stated):
        found = pip_config.default_index()
        stated += [Stated(found, True, False, "pip's own default")] if found else []
    npm = npmrc.read(place)
    held = dict(npm.logins)
    for one in reversed(stated):
        held |= of_url(one.url)
    return Settings(
        python=_ordered(stated, notes),
        npm=tuple(
            (scope, Index(plain(url).rstrip("/"), origin)) for scope, (url, origin) in sorted(npm.registries.items())
        ),
        credentials=Credentials(held, variables.get("NETRC") or os.path.join(home, ".netrc")),
        ca=variables.get("PIP_CERT") or options.get("cert", ("", ""))[0],
        notes=tuple(notes),
    )


_PIP = {"index-url": "PIP_INDEX_URL", "extra-index-url": "PIP_EXTRA_INDEX_URL"}


def _pip(options: Mapping[str, tuple[str, str]]) -> list[Stated]:
    url, place = options.get("index-url", ("", ""))
    found = [Stated(url.strip(), True, False, place)] if url.strip() else []
    urls, place = options.get("extra-index-url", ("", ""))
    return found + [Stated(one, False, False, place) for one in urls.split()]


def _ordered(stated: Iterable[Stated], notes: list[str]) -> tuple[Index, ...]:
    """Return one default and all further indexes, each once.

    The further ones that were stated before the default are asked before it, as uv does; pip's come after it.
    """
    found: dict[str, Index] = {}
    has_default = False
    for one in stated:
        url = plain(one.url).rstrip("/")
        if one.default and has_default and not one.explicit:
            continue
        has_default = has_default or (one.default and not one.explicit)
        if not url:
            notes.append(f"{one.origin}: {shown(one.url)} is no http or https URL: not asked")
        elif url not in found:
            found[url] = Index(url, one.origin, one.explicit)
    return tuple(found.values())
