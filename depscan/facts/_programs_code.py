"""Programs that run code given as text: shells and other interpreters, and Windows' own proxies for it."""

from __future__ import annotations

import re

from depscan.facts._call import Call, split_options
from depscan.facts._reverse import code_is_reverse_shell
from depscan.facts.place import UNKNOWN, Val, join_vals


def run_shell(call: Call) -> Val:
    """Read ``sh``: ``-c`` text, a script it is given, or what is piped in."""
    args = list(call.args)
    while args and args[0].text in {"-o", "-O", "--rcfile", "--init-file"}:
        args = args[2:]
    for position, arg in enumerate(args):
        if re.fullmatch(r"-\w*c\w*", arg.text):
            code = args[position + 1] if position + 1 < len(args) else Val()
            for number, value in enumerate(args[position + 2 : position + 12]):
                call.session.variables[str(number)] = value
            return run_code_text(call, code)
    script = next((arg for arg in args if not arg.text.startswith(("-", "+"))), None)
    if script is not None and "-s" not in [arg.text for arg in args]:
        return _script(call, script)
    if call.stdin.text or call.stdin.sources:
        return run_code_text(call, call.stdin)
    quiet, call.session.quiet = call.session.quiet, False
    return Val(UNKNOWN, () if quiet else (call.add("process.spawn", call.whole.text),))


def run_code_text(call: Call, code: Val) -> Val:
    """Follow shell text given to a shell; what came from elsewhere is evaluated code."""
    from depscan.facts.shell import run_text

    sources = code.sources
    if sources or code.layer:
        index = call.add("code.eval", code.text, sources=sources)
        sources = (*sources, index)
    if not code.text or code.text == UNKNOWN:
        return Val(UNKNOWN, sources)
    fresh = sources if code.layer else ()
    call.session.fuel -= 5
    return run_text(code.text, call.place.deeper(*code.layer, "shell", sources=fresh), call.session)


def _script(call: Call, script: Val) -> Val:
    """A script file given to an interpreter: known text is followed, fetched content is evaluated code."""
    held = call.session.written(script.text)
    if held is None and script.text in {"/dev/stdin", "/proc/self/fd/0"}:
        held = call.stdin
    if held is None and (script.text != UNKNOWN or not script.sources):
        quiet, call.session.quiet = call.session.quiet, False
        return Val(UNKNOWN, () if quiet else (call.add("process.spawn", call.whole.text, sources=call.whole.sources),))
    content = held or script
    if content.known and call.name in _SHELL_NAMES:
        return run_code_text(call, content)
    call.add("process.spawn", call.whole.text, sources=content.sources)
    return Val(UNKNOWN, (call.add("code.eval", content.text, sources=content.sources),))


def run_eval(call: Call) -> Val:
    """Read the builtin ``eval``."""
    code = join_vals(list(call.args), " ")
    index = call.add("code.eval", code.text, sources=code.sources)
    return (
        run_code_text(call, code._replace(sources=(*code.sources, index)))
        if code.text != UNKNOWN
        else Val(UNKNOWN, (index,))
    )


_FLAGS = {"python": "-c", "perl": "-e -E", "ruby": "-e", "php": "-r", "node": "-e --eval -p --print -r", "deno": "eval", "bun": "-e", "lua": "-e",  # noqa: E501
          "osascript": "-e", "groovy": "-e", "tclsh": "-c", "r": "-e", "rscript": "-e", "pypy": "-c"}  # fmt: skip
_FAMILY = {"py": "python", "pythonw": "python", "nodejs": "node", "luajit": "lua", "ipython": "python"}
_TAKES = {"python": "-W -X -m", "pypy": "-W -X -m", "perl": "-I -M", "ruby": "-I -r", "php": "-d", "node": "--require"}


def run_interpreter(call: Call) -> Val:
    """Read interpreters: code given in the command, a module (``-m``), a script, or what is piped in."""
    family = _FAMILY.get(call.name, call.name)
    flags = _FLAGS[family].split()
    takes = _TAKES.get(family, "").split()
    at = 0
    while at < len(call.args):
        text = call.args[at].text
        if text == "-m" and family in {"python", "pypy"}:
            return _module(call, at + 1)
        if _is_code_flag(text, flags):
            code = call.args[at + 1] if at + 1 < len(call.args) else Val()
            return _inline(call, family, code)
        if not text.startswith("-"):
            return _script(call, call.args[at])
        at += 2 if text in takes else 1
    return _inline(call, family, call.stdin) if call.stdin.text or call.stdin.sources else _bare(call)


def _bare(call: Call) -> Val:
    quiet, call.session.quiet = call.session.quiet, False
    return Val(UNKNOWN, () if quiet else (call.add("process.spawn", call.whole.text, sources=call.whole.sources),))


def _is_code_flag(text: str, flags: list[str]) -> bool:
    return text in flags or bool(re.fullmatch(r"-\w+", text) and len(text) > 2 and f"-{text[-1]}" in flags)  # noqa: PLR2004


def _module(call: Call, at: int) -> Val:
    """``python -m module``: pip is the program pip; others are processes."""
    from depscan.facts._run import run_words

    if at >= len(call.args):
        return Val(UNKNOWN)
    if call.args[at].text in {"pip", "uv", "ensurepip"}:
        return run_words(call.args[at:], call.stdin, call.place, call.session)
    return _bare(call)


def _inline(call: Call, family: str, code: Val) -> Val:
    """Follow code of another language."""
    from depscan.facts._other_code import read_other_code

    sources = code.sources
    evaluated = bool(sources or code.layer or family not in {"python", "node", "pypy", "bun", "deno"})
    if evaluated:
        sources = (*sources, call.add("code.eval", code.text, sources=sources))
    if family not in {"python", "pypy"} and code_is_reverse_shell(code.text):
        host = re.search(r"[\"'(=]((?:\d{1,3}\.){3}\d{1,3}|[\w-]+(?:\.[\w-]+)+)[\"'):]", code.text)
        link = call.add("net.connect", "tcp://" + (host[1] if host else UNKNOWN))
        call.add("process.spawn", call.whole.text, sources=(link,), guards=("reverse",))
    if not code.text or code.text == UNKNOWN:
        return Val(UNKNOWN, sources)
    return Val(UNKNOWN, (*sources, *read_other_code(family, code, call, sources)))


def run_cmd(call: Call) -> Val:
    """Read ``cmd /c command``."""
    from depscan.facts.batch import run_batch

    at = next((i for i, arg in enumerate(call.args) if arg.text.lower() in {"/c", "/k", "/r", "-c"}), None)
    if at is None:
        return _bare(call)
    code = join_vals(list(call.args[at + 1 :]), " ")
    code = code._replace(
        text=code.text.strip().removeprefix('"').removesuffix('"') if code.text.count('"') != 2 else code.text  # noqa: PLR2004
    )
    if code.text == UNKNOWN:
        return Val(UNKNOWN, (call.add("code.eval", sources=code.sources),)) if code.sources else _bare(call)
    return run_batch(code.text, call.place.deeper("cmd"), call.session)


def run_powershell(call: Call) -> Val:
    """Read ``powershell``: ``-EncodedCommand``, ``-Command``, ``-File``, a hidden window."""
    from depscan.facts.powershell import run_powershell_arguments

    return run_powershell_arguments(call)


def run_proxy(call: Call) -> Val:
    """Read mshta, rundll32, regsvr32, wscript, msiexec and others that run what they are pointed to."""
    whole = call.whole
    urls = re.findall(r"(?i)https?:[/\\]{2}[^\s\"',)]+", whole.text)
    sources = set(whole.sources)
    for url in urls:
        sources.add(call.add("net.download", url, sources=whole.sources))
    for arg in call.args:
        held = call.session.written(arg.text)
        sources.update(held.sources if held else ())
    inline = re.search(r"(?i)\b(?:javascript|vbscript):(.+)", whole.text)
    if inline is not None or urls:
        call.add("code.eval", inline[1] if inline else "", sources=tuple(sorted(sources)))
    return Val(UNKNOWN, (call.add("process.spawn", whole.text, sources=tuple(sorted(sources))),))


def run_certutil(call: Call) -> Val:
    """Read ``certutil -urlcache -f URL FILE`` and ``-decode IN OUT``; ``bitsadmin /transfer``."""
    text = call.whole.text
    flags = {arg.text.lower().lstrip("-/") for arg in call.args}
    rest = [arg for arg in call.args if not re.match(r"[-/]\w+$", arg.text)]
    urls = [arg for arg in rest if re.match(r"(?i)https?://|\{\?\}", arg.text)]
    if urls:
        index = call.add("net.download", urls[0].text, sources=urls[0].sources)
        after = rest[rest.index(urls[0]) + 1 :]
        target = after[0] if after else urls[0]._replace(text=urls[0].text.rsplit("/", 1)[-1])
        call.write(target, Val(UNKNOWN, (index,)))
        return Val(UNKNOWN, (index,))
    if flags & {"decode", "decodehex"} and len(rest) > 1:
        content = call.read(rest[-2])
        index = call.add("code.decode", rest[-2].text, sources=content.sources)
        call.write(rest[-1], Val(UNKNOWN, (index,), ("base64",)))
        return Val(UNKNOWN, (index,))
    return Val(UNKNOWN, (call.add("process.spawn", text, sources=call.whole.sources),))


def run_su(call: Call) -> Val:
    """Read ``su -c``, ``script -c``, ``tmux``/``screen`` sessions: the command given is followed."""
    options = split_options(call.args, "-c --command -s -l")
    for code in options.all("-c", "--command"):
        run_code_text(call, code)
    tail = [value for value in options.rest if " " in value.text]
    for code in tail if call.name in {"tmux", "screen"} else []:
        run_code_text(call, code)
    return Val(UNKNOWN)


_SHELL_NAMES = frozenset(
    ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "csh", "tcsh", "mksh", "rbash", ".", "source"]
)
HANDLERS = {
    "sh bash dash zsh ksh ash fish csh tcsh mksh rbash .": run_shell, "eval": run_eval,
    "python pythonw py pypy ipython perl ruby php node nodejs deno bun lua luajit osascript rscript": run_interpreter,
    "cmd command.com": run_cmd, "powershell pwsh powershell_ise": run_powershell,
    "mshta rundll32 regsvr32 wscript cscript msiexec installutil msbuild regasm odbcconf forfiles pcalua hh": run_proxy,
    "certutil bitsadmin": run_certutil, "su script runuser tmux screen": run_su,
}  # fmt: skip
