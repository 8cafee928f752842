"""Instructions that coding agents follow: SKILL.md folders, AGENTS.md, CLAUDE.md, rules, commands and prompts.

They are programs in prose: an agent runs the commands in them, and what is hidden in them or fetched by them, too.
Formats: https://agents.md, https://agentskills.io, and the pages of the products.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.agents import _markdown, _spec
from depscan.inputs.agents._launch import launches_in_text
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.hidden import hidden_in
from depscan.text.lines import locate_line
from depscan.text.secrets import mask_secrets

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "*.md *.mdc .cursorrules .windsurfrules .clinerules .roorules .goosehints .rules"

_NAMES = re.compile(
    r"(?:.*/)?(?:SKILL\.md|AGENTS?(?:\.override|\.local)?\.md|CLAUDE(?:\.local)?\.md|GEMINI\.md|QWEN\.md|CRUSH\.md|WARP\.md"
    r"|[^/]+\.mdc|\.(?:cursor|windsurf|cline|roo)rules|\.goosehints|\.rules|copilot-instructions\.md"
    r"|[^/]+\.(?:prompt|instructions|chatmode|agent)\.md)"
).fullmatch
_FOLDERS = re.compile(
    r"(?:.*/)?(?:\.claude/(?:commands|agents|rules|output-styles|skills)|\.github/(?:prompts|instructions|chatmodes|agents)"
    r"|\.cursor/(?:rules|commands|agents)|\.windsurf/(?:rules|workflows)|\.clinerules|\.roo/(?:rules|commands)[^/]*"
    r"|\.kiro/(?:steering|specs|agents)|\.continue/(?:rules|prompts)|\.gemini/commands|\.codex/prompts"
    r"|\.opencode/(?:commands?|agents?|skills)|\.agents?/(?:rules|skills|workflows)|\.trae/rules|\.junie|\.augment/rules"
    r"|\.amazonq/(?:rules|prompts))/.+\.md"
).fullmatch
_REMOTE = re.compile(
    r"(?i)\b(?:fetch|download|retrieve|load|read|get|pull|open|visit|curl|consult|check|access|browse|follow|obey|apply|execute)\b"
    r"[^\n]{0,120}?\b(?:instructions?|rules?|prompts?|directives?|orders|commands?|steps|playbook|skill(?:\.md)?|agents\.md|claude\.md)\b"
    r"[^\n]{0,120}?(https?://[^\s)\"'`<>\]]+)"
    r"|\b(?:fetch|download|retrieve|load|read|get|pull|open|visit|curl|webfetch)\b[^\n]{0,60}?(https?://[^\s)\"'`<>\]]+)"
    r"[^\n]{0,80}?\b(?:follow|obey|execute|apply|do\s+what|carry\s+out|adhere|comply|act\s+on)\b"
)
_URL = re.compile(r"https?://[^\s)\"'`<>\]|]+")
_ALLOWED = {"allowed-tools": "approves", "allowedtools": "approves", "tools": "allows"}
"""Keys of the head: tools that are used without a question, and tools that are there at all."""

_MOST_ALLOWED = 100
_SHOWN = 300
_LONGEST = 1_000_000
_MOST_USES = 2000


def accepts(source: SourceFile) -> bool:
    """Whether agents read the file as instructions: by its name or the folder it lies in."""
    path = source.path.replace("\\", "/")
    return _NAMES(path) is not None or _FOLDERS(path) is not None


def parse(source: SourceFile) -> Document:
    """Return the node of the instructions, what they tell an agent to fetch or run, and what they hide.

    Raises:
        InputError: not text.
    """
    document = Document(source.path, "agent-instructions")
    root = document.add(Package("agent-instructions", source.path, None, "local"), 1)
    document.root = root
    text = source.text
    if len(text) > _LONGEST:
        document.problem(f"only the first {_LONGEST} characters were read", text.count("\n", 0, _LONGEST) + 1)
        text = text[:_LONGEST]
    lines = text.split("\n")
    for entry in _markdown.front_matter(lines):
        if entry.key in _ALLOWED:
            _allowed(document, root, entry)
    for command in _markdown.commands(lines):
        if len(document.uses) > _MOST_USES:
            document.problem(f"more than {_MOST_USES} commands; the rest was not read", command.line)
            break
        _command(document, root, command)
    for number, line in enumerate(lines, 1):
        for found in _REMOTE.finditer(line[:2000]):
            _remote(document, root, number, found[1] or found[2])
    for place in hidden_in(text):
        said = f"{place.kind}: {mask_secrets(place.says)}" if place.says else place.kind
        document.use(root, "text", place.line, hidden=said)
    return document


def _allowed(document: Document, root: str, entry: _markdown.FrontMatter) -> None:
    tools = re.findall(r"[\w*.-]+(?:\([^)]*\))?", entry.value)
    for tool in tools[:_MOST_ALLOWED]:
        document.use(root, entry.key, entry.line, permission=f"{_ALLOWED[entry.key]}:{tool[:100]}")


def _command(document: Document, root: str, command: _markdown.Command) -> None:
    shown = mask_secrets(command.text.strip())[:_SHOWN]
    if command.kind == "context":
        document.use(root, "!command", command.line, command=shown, trigger="prompt")
        url = _URL.search(command.text)
        if url and re.search(r"\b(?:curl|wget|iwr|irm|http)\b", command.text):
            _remote(document, root, command.line, url[0])
    for launch in launches_in_text(command.text):
        child = document.add(launch.package, command.line)
        label = "calls" if launch.package.ecosystem == "service" else "runs"
        document.link(root, child, label, requested=shown[:200], at=command.line)
        document.use(
            child, command.kind, command.line, command=shown, runner=launch.runner, revision=launch.revision,
            pinned=launch.pinned, endpoint=mask_secrets(launch.endpoint),
        )  # fmt: skip


def _remote(document: Document, root: str, line: int, url: str) -> None:
    launch = _spec.service(url.rstrip(".,;:"), "url")
    if launch is not None:
        child = document.add(launch.package, line)
        document.link(root, child, "loads", requested=mask_secrets(launch.endpoint)[:200], at=line)
        document.use(child, "instructions", line, task="instructions", endpoint=mask_secrets(launch.endpoint))


FORMAT = InputFormat("agent-instructions", "Instructions for coding agents", "npm", parse, locate_line, accepts)
