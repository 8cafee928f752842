"""Programs that copy, pack, find, change and delete files."""

from __future__ import annotations

import re

from depscan.facts._call import Call, is_autostart, split_options
from depscan.facts.place import UNKNOWN, Val, join_vals


def run_cp(call: Call) -> Val:
    """Read ``cp``, ``mv``, ``install``, ``ln``: content moves from one path to another."""
    options = split_options(call.args, "-t -m -o -g --target-directory -S")
    rest = [value for value in options.rest if not re.fullmatch(r"/[yYqQsSeE]", value.text)]
    if len(rest) < 2:  # noqa: PLR2004
        return Val()
    content = join_vals([_source(call, value) for value in rest[:-1]])
    if content.sources or is_autostart(rest[-1].text):
        call.write(rest[-1], content)
    return Val()


def _source(call: Call, value: Val) -> Val:
    """Read a copied file; only paths outside the working folder are worth a fact."""
    if call.session.written(value.text) is not None or re.match(r"[~/\\{%]|[A-Za-z]:|\$", value.text):
        return call.read(value)
    return Val(UNKNOWN, value.sources)


def run_chmod(call: Call) -> Val:
    """Read ``chmod``: execute and set-id bits are told."""
    rest = [value for value in call.args if not re.fullmatch(r"-[a-zA-Z]+|--\w+", value.text)]
    if not rest or not re.search(r"[xs]|[1357]", rest[0].text):
        return Val()
    for value in rest[1:]:
        held = call.session.written(value.text)
        call.add("file.chmod", value.text, rest[0].text, sources=(*value.sources, *(held.sources if held else ())))
    return Val()


def run_rm(call: Call) -> Val:
    """Read ``rm``, ``del``, ``shred``: deletion by path."""
    for value in call.args:
        if value.text and not re.match(r"-|/[a-zA-Z]$", value.text):
            call.add("file.delete", value.text, sources=value.sources)
    return Val()


def run_archive(call: Call) -> Val:
    """Read ``tar``, ``zip``, ``7z``: packing reads files (their data is in the archive), unpacking writes."""
    words = [value.text for value in call.args]
    first = words[0] if words else ""
    packing = (
        call.name in {"zip", "rar"}
        or first in {"a", "-c", "--create"}
        or bool(re.fullmatch(r"-?\w*c\w*", first))
        or "--create" in words
    )
    options = split_options(call.args, "-f --file -C --directory -d -P -T -X --exclude -p")
    rest = options.rest
    if not packing:
        held = [call.session.written(value.text) for value in call.args]
        sources = join_vals([value for value in held if value is not None] or [call.stdin]).sources
        call.add("archive.extract", *(words[-1:]), sources=sources)
        for folder in options.all("-C", "-d", "--directory"):
            call.session.files[folder.text] = Val(UNKNOWN, sources)
        return Val(UNKNOWN, sources)
    if rest and (rest[0].text in {"a", first} and not first.startswith("-") and call.name not in {"zip", "rar"}):
        rest = rest[1:]
    target = options.all("-f", "--file")
    if not target and rest:
        target, rest = rest[:1], rest[1:]
    content = join_vals([call.read(value) for value in rest])._replace(text=UNKNOWN)
    if target and target[0].text not in {"-", "/dev/stdout"}:
        call.write(target[0], content)
        return Val()
    return content


def run_find(call: Call) -> Val:
    """Read ``find``, ``locate``: a search for files; ``-exec`` runs a command over what it found."""
    from depscan.facts._run import run_again

    roots: list[str] = []
    for value in call.args:
        if value.text.startswith(("-", "(", "!", "\\")):
            break
        roots.append(value.text)
    words = [value.text for value in call.args]
    names = [
        words[i + 1]
        for i, word in enumerate(words[:-1])
        if word in {"-name", "-iname", "-path", "-regex", "-wholename"}
    ]
    index = call.add("file.list", *(roots or ["."]), *names, sources=call.whole.sources)
    found = Val(names[0] if names else (roots or [UNKNOWN])[0], (index,))
    for flag in ("-exec", "-execdir", "-ok"):
        if flag in words:
            rest = call.args[words.index(flag) + 1 :]
            stop = next((i for i, value in enumerate(rest) if value.text in {";", "+", "\\;"}), len(rest))
            run_again(call, tuple(_found(value, found) for value in rest[:stop]))
    if "-delete" in words:
        call.add("file.delete", *roots)
    return found


def _found(value: Val, found: Val) -> Val:
    """Return an argument of ``-exec`` with ``{}`` replaced by what was found."""
    if "{}" not in value.text:
        return value
    return Val(value.text.replace("{}", found.text), (*value.sources, *found.sources))


def run_dd(call: Call) -> Val:
    """Read ``dd if= of=``."""
    named = {value.text.partition("=")[0]: value._replace(text=value.text.partition("=")[2]) for value in call.args}
    content = call.read(named["if"]) if "if" in named else call.stdin
    if "of" in named:
        call.write(named["of"], content)
        return Val()
    return content


HANDLERS = {
    "cp mv install ln copy move xcopy robocopy": run_cp, "chmod icacls chattr setcap": run_chmod, "rm del erase shred unlink rd srm": run_rm,  # noqa: E501
    "tar zip unzip 7z 7za 7zz rar unrar bsdtar expand cpio": run_archive, "find locate fd where": run_find, "dd": run_dd,  # noqa: E501
}  # fmt: skip
