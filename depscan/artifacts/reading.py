"""Read one container (an archive or folder without what is nested in it): which of its files run, and when."""

from __future__ import annotations

import re
from collections.abc import Callable

from depscan.artifacts import hooks, identity, languages
from depscan.artifacts.artifact import Member
from depscan.artifacts.entry import ORDER, Entry
from depscan.artifacts.identity import CONDA, EGG, FOLDER, NPM, WHEEL
from depscan.artifacts.magic import sniff
from depscan.artifacts.members import head_of
from depscan.artifacts.places import Layout, in_tests, site_prefix

_START_NAMES = frozenset({"sitecustomize", "usercustomize"})
_TEXT_FOR_AGENTS = frozenset({
    "claude.md", "agents.md", "gemini.md", ".cursorrules", ".windsurfrules", ".clinerules", "copilot-instructions.md",
    "skill.md",
})  # fmt: skip
_IMPORT_LINE = re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?import[ \t]")
_LINK_SCRIPT = re.compile(r"(?:bin/\.|Scripts/\.)[^/]+-(?:post-link|pre-link|pre-unlink)\.(?:sh|bat)").fullmatch
_ACTIVATION = re.compile(r"etc/conda/(?:de)?activate\.d/[^/]+").fullmatch
_WHEEL_SCRIPT = re.compile(r"(?:[^/]+\.data/(?:scripts|data/bin|data/Scripts)|EGG-INFO/scripts)/[^/]+").fullmatch
_COMMANDS = frozenset({"shell", "powershell", "batch", "vbscript", "script", "perl", "ruby", "php"})
_NOT_RUN = re.compile(
    rb"(?m)^[ \t]*#[^\r\n]*"
    rb"|\b[\"']?(?:scripts|data_files|package_data)[\"']?\]?\s*[=:]\s*(?:\[[^\[\]()]*\]|\{[^{}()]*\})"
)
"""Where a setup script names a file that it installs and does not run, and comments."""
_MOST = 1 << 20
_MOST_WHY = 400


class Reading:
    """One container being read; ``entries`` does it.

    Attributes:
        layout: its modules.
    """

    def __init__(self, members: list[Member], kind: str, package: str) -> None:
        self._members = members
        self._kind = kind
        self._by_path: dict[str, Member] = {}
        for member in members:
            self._by_path.setdefault(member.path, member)
        self._metadata = [p for p in self._by_path if ".dist-info/" in p or ".egg-info/" in p or "EGG-INFO/" in p]
        installed = kind in {WHEEL, EGG, CONDA} or (
            kind == FOLDER and any(".dist-info/" in p and p.count("/") == 1 for p in self._metadata)
        )
        product = package.lower().replace("_", "-").replace(".", "-")
        self.layout = Layout(self._by_path, installed=installed, declared=self._declared(), product=product)
        self._found: dict[tuple[str, str, str], str] = {}
        self._commands: list[tuple[str, str]] = []

    def entries(self) -> list[Entry]:
        """Return what runs."""
        for hook in self._hooks():
            self._hook(hook)
        for member in self._members:
            self._member(member)
        self._place_commands()
        return [Entry(path, when, language, why) for (path, when, language), why in self._found.items()]

    def _add(self, path: str, when: str, language: str, why: str) -> None:
        held = self._found.get((path, when, language))
        if held is None:
            self._found[path, when, language] = why
        elif why not in held and language != "native" and len(held) + len(why) < _MOST_WHY:
            self._found[path, when, language] = f"{held}; {why}"

    def _data(self, path: str) -> bytes:
        member = self._by_path.get(path)
        return member.read()[:_MOST] if member is not None else b""

    def _declared(self) -> frozenset[str]:
        names: set[str] = set()
        for path in self._metadata:
            if path.endswith("/top_level.txt"):
                names.update(self._data(path).decode("utf-8", "replace").split())
        return frozenset(names)

    def _hooks(self) -> list[hooks.Hook]:
        found: list[hooks.Hook] = []
        for path in self._metadata:
            if path.endswith("/entry_points.txt"):
                found.extend(hooks.entry_point_hooks(self._data(path)))
        if not self.layout.installed:
            for name, read in (("pyproject.toml", hooks.pyproject_hooks), ("setup.cfg", hooks.setup_cfg_hooks)):
                if name in self._by_path:
                    found.extend(read(self._data(name)))
        if self._kind == NPM:
            found.extend(hooks.npm_files(self._data("package.json")))
        return found

    def _hook(self, hook: hooks.Hook) -> None:
        path = self._resolved(hook)
        if path and not (hook.attribute and hooks.is_literal(self._data(path), hook.attribute)):
            self._add(path, hook.when, languages.by_suffix(path) or "python", hook.why)

    def _resolved(self, hook: hooks.Hook) -> str:
        """Return the member a hook means; "" when it lives in another package."""
        if hook.file:
            file = hook.file.removeprefix("./")
            return next((p for p in (file, f"{file}.js", f"{file}/index.js") if p in self._by_path), "")
        stem = hook.module.replace(".", "/")
        for folder in hook.paths:
            prefix = folder.strip("./")
            base = f"{prefix}/{stem}" if prefix else stem
            for path in (f"{base}.py", f"{base}/__init__.py"):
                if path in self._by_path:
                    return path
        return "" if hook.paths else self.layout.modules.get(hook.module, "")

    def _member(self, member: Member) -> None:
        path = member.path
        head = head_of(member)
        kind = sniff(head)
        if languages.is_native(kind) or kind == "static-library":
            role = languages.native_role(path, kind, head)
            self._add(path, self._or_test(path, "import" if role == "extension module" else "call"), "native", role)
        elif self._special(path, head):
            return
        else:
            language = languages.by_suffix(path) or languages.by_shebang(head)
            if kind == "pyc" and language in {"", "python"}:
                language = "bytecode"
            by_language = _BY_LANGUAGE.get(language)
            if by_language is not None:
                by_language(self, path)
            elif language in _COMMANDS:
                self._commands.append((path, language))
            elif language:
                self._add(path, self._or_test(path, "call"), language, "script")

    def _or_test(self, path: str, when: str) -> str:
        return "test" if in_tests(path, self.layout.real) else when

    def _special(self, path: str, head: bytes) -> bool:
        """Add files that their place or name makes run; False when it is none of them."""
        name = path.rpartition("/")[2]
        lower = name.lower()
        if _WHEEL_SCRIPT(path):
            language = languages.by_shebang(head) or languages.by_suffix(path) or "script"
            self._add(path, "call", language, "script installed on the PATH")
        elif self._kind == CONDA and (_LINK_SCRIPT(path) or _ACTIVATION(path)):
            linked = _LINK_SCRIPT(path) is not None
            language = languages.by_suffix(path) or "shell"
            self._add(path, "install" if linked else "startup", language, "conda link or activation script")
        elif self._kind == CONDA and path.startswith("info/"):
            language = languages.by_suffix(path)
            if language:
                self._add(path, "test", language, "conda recipe")
        elif lower == "package.json":
            self._package_json(path)
        elif languages.is_agent_file(path):
            self._add(path, self._or_test(path, "call"), "json-hook", "read when an editor or agent opens the folder")
        elif lower in _TEXT_FOR_AGENTS:
            self._add(path, self._or_test(path, "call"), "agent-text", "instructions that coding agents follow")
        elif language := languages.build_file(path):
            self._build_file(path, language)
        else:
            return False
        return True

    def _build_file(self, path: str, language: str) -> None:
        root = "/" not in path
        if root and not self.layout.installed and language in {"make", "shell"}:
            self._commands.append((path, language))
        elif root and not self.layout.installed and language != "dockerfile":
            self._add(path, "install", language, "build file")
        elif language in {"dockerfile", "gyp"}:
            self._add(path, self._or_test(path, "call"), language, "build file")

    def _package_json(self, path: str) -> None:
        names = hooks.lifecycle(self._data(path))
        folder = path.rpartition("/")[0]
        if self._kind == NPM and "install" not in names and f"{folder}/binding.gyp".lstrip("/") in self._by_path:
            names.append("node-gyp rebuild (binding.gyp)")
        if not names:
            return
        bundled = self._kind == NPM and (not folder or "node_modules/" in path)
        root = not folder and self._kind in {FOLDER, identity.ARCHIVE}
        when = "install" if bundled or root else self._or_test(path, "call")
        self._add(path, when, "npm", ", ".join(names))

    def _pth(self, path: str) -> None:
        if not _IMPORT_LINE.search(self._data(path)) or sniff(self._data(path)[:512]) != "text":
            return
        inside = path[len(site_prefix(path)) :]
        if self.layout.installed and "/" in inside:
            self._add(path, self._or_test(path, "call"), "pth", "import lines, but not in the site folder")
        else:
            self._add(path, self._or_test(path, "startup"), "pth", "import lines run at every interpreter start")

    def _start(self, path: str) -> None:
        inside = path[len(site_prefix(path)) :]
        when = "call" if self.layout.installed and "/" in inside else "startup"
        self._add(path, self._or_test(path, when), "start", "entry points run at every interpreter start (PEP 829)")

    def _notebook(self, path: str) -> None:
        self._add(path, self._or_test(path, "call"), "notebook", "notebook")

    def _javascript(self, path: str) -> None:
        if self._kind == NPM and (path, "call", "javascript") not in self._found:  # a command says how it runs
            self._add(path, self._or_test(path, "import"), "javascript", "module of an npm package")

    def _bytecode(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        stem = name.partition(".")[0]
        source = f"{folder.removesuffix('__pycache__').rstrip('/')}/{stem}.py".lstrip("/")
        why = "compiled beside its source" if source in self._by_path else "compiled, without source"
        self._add(path, self._or_test(path, "import"), "bytecode", why)

    def _cython(self, path: str) -> None:
        self._add(path, self._or_test(path, "import"), "cython", "source of an extension module")

    def _python(self, path: str) -> None:
        when, why = self._python_when(path)
        earlier = next((w for w in ORDER if (path, w, "python") in self._found), "")
        if earlier and when == "call" and why == "script":
            return  # a hook already says how it runs
        self._add(path, when, "python", why)

    def _python_when(self, path: str) -> tuple[str, str]:
        module = self.layout.module_of(path)
        if not self.layout.installed and self._is_setup(path):
            return "install", "setup script"
        if module in _START_NAMES:
            return "startup", f"{module} runs at every interpreter start"
        if in_tests(path, self.layout.real) and not (module and self.layout.only_tests):
            return "test", "tests, docs or examples"
        if path.endswith("__main__.py"):
            return "call", "run as a program"
        if not module:
            return "call", "script"
        if "." in module:
            return "import", "submodule"
        if path.endswith("__init__.py"):
            return "import", "top-level package"
        return self._loose(path, module)

    def _loose(self, path: str, module: str) -> tuple[str, str]:
        """A single module: part of the product, or a script that lies beside it in a source tree."""
        if self.layout.installed or "/" in path or module.lower() in self.layout.real:
            return "import", "top-level module"
        packages = any("." in name for name in self.layout.modules)
        return ("call", "script beside the package") if packages else ("import", "top-level module")

    def _is_setup(self, path: str) -> bool:
        if path == "setup.py":
            return True
        # Archives of a strange layout, where no top folder was stripped: the highest setup.py counts.
        return path.endswith("/setup.py") and path.count("/") == 1 and not (
            "setup.py" in self._by_path or "pyproject.toml" in self._by_path or in_tests(path)
        )  # fmt: skip

    def _place_commands(self) -> None:
        """Add command scripts: at install when a file that runs at install names them."""
        if not self._commands:
            return
        texts = b"\n".join(
            self._data(path) for path, when, language in list(self._found)
            if when == "install" and language in {"python", "npm", "cmake", "gyp", "meson"}
        )  # fmt: skip
        texts = _NOT_RUN.sub(b"", texts)
        for path, language in self._commands:
            name = b"make" if language == "make" else path.rpartition("/")[2].encode("utf-8", "replace")
            if _is_named(name, texts):
                self._add(path, "install", language, "named by what runs at install")
            else:
                self._add(path, self._or_test(path, "call"), language, "script")


def _is_named(name: bytes, texts: bytes) -> bool:
    """Whether texts name a file: as a word of its own, not as part of a longer one."""
    if not name or name not in texts:
        return False
    return re.search(rb"(?<![\w-])" + re.escape(name) + rb"(?![\w-])", texts) is not None


_BY_LANGUAGE: dict[str, Callable[[Reading, str], None]] = {
    "python": Reading._python,  # noqa: SLF001 - its own table
    "pth": Reading._pth,  # noqa: SLF001
    "start": Reading._start,  # noqa: SLF001
    "notebook": Reading._notebook,  # noqa: SLF001
    "javascript": Reading._javascript,  # noqa: SLF001
    "bytecode": Reading._bytecode,  # noqa: SLF001
    "cython": Reading._cython,  # noqa: SLF001
}
