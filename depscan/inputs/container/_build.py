"""A build as its Dockerfile states it: stages, values of variables, and what every instruction fetches."""

from __future__ import annotations

import json
import re
import shlex

from depscan.inputs.code._commands import read_command
from depscan.inputs.code._inline import read_inline, read_python
from depscan.inputs.code._names import commit_of, host_of, service
from depscan.inputs.container._image import image_facts, image_named
from depscan.inputs.container._instructions import Instruction
from depscan.inputs.container._substitute import substitute
from depscan.inputs.container._variables import is_placeholder, is_secret, read_variable
from depscan.inputs.settings._groups import Value
from depscan.inputs.settings._options import read_options
from depscan.model.document import Document
from depscan.model.package import mask

_GLUE = re.compile(r"\\\n")
_OPTION = re.compile(r"\s*--([a-z-]+)(?:=(\"[^\"]*\"|\S*))?(?=\s|$)").match
_SHELL = re.compile(r"(?:^|/)(?:sh|bash|zsh|dash|ash)$").search
_RUNS_PYTHON = re.compile(r"^(?:#!.*?|[^|;&]*?)\bpython[\d.]*\b").search
_COMMAND = 200
_MAX_WORDS = 100_000


class Build:
    """Reads instructions one after the other into a document.

    Args:
        document: where to.
        before: lines of the file in front of the instructions.
        key: what stands in front of the name of an instruction, in a file that holds several builds.

    Attributes:
        final: lines of the FROMs of the image that is run: of the last stage and of the stages it starts from.
    """

    def __init__(self, document: Document, before: int = 0, key: str = "") -> None:
        self.document = document
        self._before = before
        self._key = key
        self.final: frozenset[int] = frozenset()
        self._stages: dict[str, dict[str, str]] = {}
        self._env: dict[str, str] = {}
        self._count = 0
        self._outer: dict[str, str] = {}
        self._values: dict[str, str] = {}

    def at(self, line: int) -> int:
        """Return the line of the file that a line of the build is."""
        return self._before + line

    def image(self, text: str, how: str, at: int, stage: str = "build") -> None:
        """Add an image, unless it is a stage of this file or nobody knows its name."""
        package = None if text.lower() in self._stages or text.lower() == "scratch" else image_named(text)
        if package is None:
            return
        line = self.at(at)
        node = self.document.add(package, line)
        self.document.link(self.document.root, node, "runs", requested=text, at=line)
        self.document.use(node, self._key + how, line, **image_facts(text, package), stage=stage)

    def base(self, step: Instruction) -> None:
        """``FROM [--platform=P] IMAGE [AS NAME]``."""
        _, rest = _options(step.text)
        words = substitute(rest, self._outer).split()
        if not words:
            self.document.problem("FROM names no image", self.at(step.line))
            return
        self.image(words[0], "FROM", step.line, "run" if step.line in self.final else "build")
        # Variables of ENV are part of the image a stage starts from; those of ARG end with their stage.
        self._env = dict(self._stages.get(words[0].lower(), {}))
        self._values = dict(self._env)
        self._stages[str(self._count)] = self._env
        self._count += 1
        if len(words) > 2 and words[1].upper() == "AS":  # noqa: PLR2004 - IMAGE AS NAME
            self._stages[words[2].lower()] = self._env

    def arg(self, step: Instruction) -> None:
        """``ARG NAME[=DEFAULT] ...``: before the first FROM for its use there, later for a stage."""
        for word in _words(step.text):
            name, equals, value = word.partition("=")
            value = substitute(value, {**self._outer, **self._values})
            if not equals:
                value = self._outer.get(name, "")
            if is_secret(name) and not (equals and is_placeholder(value)):
                self._secret("ARG", name, step.line)
            elif equals or name in self._outer:
                (self._values if self._count else self._outer)[name] = value
                read_variable(self.document, name, value, self.at(step.line))

    def env(self, step: Instruction) -> None:
        """``ENV NAME=VALUE ...`` and the old ``ENV NAME VALUE``."""
        words = _words(step.text)
        if words and "=" not in words[0]:
            words = [f"{words[0]}={_GLUE.sub(' ', step.text).strip().partition(' ')[2].strip()}"]
        for word in words:
            name, _, value = word.partition("=")
            value = substitute(value, self._values)
            if is_secret(name):
                if not is_placeholder(value):
                    self._secret("ENV", name, step.line)
                continue
            self._values[name] = self._env[name] = value
            read_variable(self.document, name, value, self.at(step.line))

    def run(self, step: Instruction) -> None:
        """``RUN [--mount=...] COMMAND``, its JSON form, and its here-documents."""
        options, rest = _options(step.text)
        for value in options.get("mount", []):
            found = re.search(r"(?:^|,)from=([^,\s]+)", value)
            if found:
                self.image(substitute(found[1], self._values), "RUN --mount", step.line)
        text = _listed(rest)
        self._command(text, step.line)
        if step.body and _RUNS_PYTHON(text.partition("<<")[0] or step.body.partition("\n")[0]):
            read_python(step.body, self.document, self.at(step.body_line))
        elif step.body:
            self._command(step.body, step.body_line)

    def start(self, step: Instruction) -> None:
        """``ENTRYPOINT`` and ``CMD``: what the container fetches when it starts, and the model its server is given."""
        text = _listed(step.text)
        self._command(text, step.line, "run")
        at = self.at(step.line)
        read_options(self.document, [Value(_GLUE.sub(" ", text), lambda: at)], f"{self._key}{step.word}")

    def _command(self, text: str, line: int, stage: str = "build") -> None:
        known = {k: v for k, v in self._values.items() if "\n" not in v}
        plain, at = substitute(text, known), self.at(line)
        read_command(plain, self.document, self.document.root, at, stage)
        read_inline(plain, self.document, at)

    def copy(self, step: Instruction) -> None:
        """``COPY --from=IMAGE``."""
        options, _ = _options(step.text)
        for name in options.get("from", []):
            self.image(substitute(name, {**self._outer, **self._values}), "COPY --from", step.line)

    def add(self, step: Instruction) -> None:
        """``ADD [--checksum=sha256:...] URL... TO`` and ADD of git repositories."""
        options, rest = _options(step.text)
        listed = _listed_words(rest)
        for word in (substitute(w, self._values) for w in listed[:-1]):
            if re.match(r"https?://|git@|git://|ssh://", word):
                self._remote(word, bool(options.get("checksum")), step.line)

    def _remote(self, url: str, checked: bool, line: int) -> None:  # noqa: FBT001 - one fact
        place = re.sub(r"^git@([^:]+):", r"ssh://\1/", url)
        host = host_of(place)
        if not host or "$" in host:
            return
        fragment = url.partition("#")[2].partition(":")[0]
        line = self.at(line)
        node = self.document.add(service(host), line)
        self.document.link(self.document.root, node, "loads", requested=url[:_COMMAND], at=line)
        pinned = "yes" if checked or commit_of(fragment) else "no"
        self.document.use(node, f"{self._key}ADD", line, endpoint=mask(url)[:_COMMAND], pinned=pinned, stage="build")

    def _secret(self, how: str, name: str, line: int) -> None:
        self.document.use(
            self.document.root, self._key + how, self.at(line), secret=name, stage="run" if how == "ENV" else "build"
        )


def final_stages(steps: list[Instruction]) -> frozenset[int]:
    """Return the lines of the FROMs that the image which is run is made of: the last, and the stages it starts from."""
    named: dict[str, int] = {}
    origin: dict[int, int] = {}
    for number, step in enumerate(s for s in steps if s.word == "FROM"):
        words = [*_options(step.text)[1].split(), "", "", ""]
        origin[step.line] = named.get(words[0].lower(), 0)
        named[str(number)] = step.line
        if words[1].upper() == "AS":
            named[words[2].lower()] = step.line
    line, found = max(origin, default=0), set[int]()
    while line:  # a stage starts only from one above it
        found.add(line)
        line = origin[line]
    return frozenset(found)


def _options(text: str) -> tuple[dict[str, list[str]], str]:
    """Return the options in front of an instruction's words, and the rest."""
    found: dict[str, list[str]] = {}
    at = 0
    while True:
        match = _OPTION(text, at)
        if match is None:
            break
        found.setdefault(match[1], []).append((match[2] or "").strip('"'))
        at = match.end()
        glue = re.compile(r"\s*\\\n").match(text, at)
        # The line end stays: the lines of the command behind it are counted.
        if glue and _OPTION(text, glue.end()):
            at = glue.end()
    return found, text[at:]


def _words(text: str) -> list[str]:
    """Return the words of ENV and ARG without quotes."""
    plain = _GLUE.sub(" ", text)
    if len(plain) > _MAX_WORDS:  # shlex takes a microsecond per character
        return plain.split()
    try:
        return shlex.split(plain, posix=True)
    except ValueError:  # an open quote
        return plain.split()


def _json(text: str) -> list[str]:
    plain = _GLUE.sub(" ", text).strip()
    if not plain.startswith("["):
        return []
    try:
        value = json.loads(plain)
    except (ValueError, RecursionError):
        return []
    return [w for w in value if isinstance(w, str)] if isinstance(value, list) else []


def _listed(text: str) -> str:
    """Return the command of a RUN: that of a JSON list as shell text."""
    words = _json(text)
    if len(words) > 2 and _SHELL(words[0]) and re.fullmatch(r"-[a-z]*c", words[1]):  # noqa: PLR2004 - sh -c TEXT
        return words[2]
    return shlex.join(words) if words else text


def _listed_words(text: str) -> list[str]:
    return _json(text) or _words(text)
