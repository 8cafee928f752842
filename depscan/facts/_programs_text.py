"""Programs that print, pass on or change text: what can be folded is."""

from __future__ import annotations

import re
from collections.abc import Callable

from depscan.facts import _fold
from depscan.facts._call import Call, split_options
from depscan.facts.place import UNKNOWN, Val, join_vals


def run_echo(call: Call) -> Val:
    """Fold ``echo``; ``-e`` (and ``sh``'s own echo) resolves escapes."""
    from depscan.facts._shell_words import unescape

    args = list(call.args)
    escapes = False
    while args and re.fullmatch(r"-[neE]+", args[0].text):
        escapes = escapes or "e" in args.pop(0).text
    out = join_vals(args, " ")
    return out._replace(text=(unescape(out.text) if escapes else out.text) + "\n")


def run_printf(call: Call) -> Val:
    """Fold ``printf``; with ``-v name`` it assigns."""
    args = list(call.args)
    target = ""
    if len(args) > 1 and args[0].text == "-v":
        target = args[1].text
        args = args[2:]
    out = join_vals(args)._replace(text=_fold.print_format([arg for arg in args if arg.text != "--"]))
    if target:
        call.session.variables[target] = out
        return Val()
    return out


def _content(call: Call, files: list[Val]) -> Val:
    """Return what a filter reads: its files, else what is piped in."""
    return join_vals([call.read(value) for value in files]) if files else call.stdin


def run_cat(call: Call) -> Val:
    """Read ``cat``, ``head``, ``tail``, ``tac``, ``sort`` and others that pass a file on."""
    options = split_options(call.args, "-n -c -k -t --lines --bytes -d -f -b")
    return _content(call, options.rest)


def run_decoder(call: Call) -> Val:
    """Fold ``base64 -d``, ``base32 -d``, ``xxd -r``, ``uudecode``, ``gunzip`` and the like; encoders pass data on."""
    options = split_options(call.args, "-w --wrap -i --input -o --output -c -l -s")
    content = _content(call, [*options.rest, *options.all("-i", "--input")] if call.name != "xxd" else options.rest)
    decoding = options.has("-d", "-D", "--decode", "-r") or call.name in {
        "gunzip",
        "zcat",
        "bunzip2",
        "unxz",
        "xzcat",
        "uudecode",
    }
    if not decoding:
        return Val(UNKNOWN, content.sources, content.layer)
    kind, fold = _DECODERS[call.name]
    return _decoded(call, content, kind, fold)


def _decoded(call: Call, content: Val, kind: str, fold: Callable[[str], str | None]) -> Val:
    text = fold(content.text) if content.known else None
    index = call.add("code.decode", text or "", sources=content.sources)
    return Val(text or UNKNOWN, (*content.sources, index), (*content.layer, kind))


_DECODERS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "base64": ("base64", _fold.from_base64), "xxd": ("hex", _fold.from_hex), "gunzip": ("gzip", _fold.decompress),
    "gzip": ("gzip", _fold.decompress), "zcat": ("gzip", _fold.decompress), "bunzip2": ("bz2", _fold.decompress),
    "bzip2": ("bz2", _fold.decompress), "unxz": ("xz", _fold.decompress), "xz": ("xz", _fold.decompress),
    "xzcat": ("xz", _fold.decompress), "base32": ("base32", lambda _text: None), "uudecode": ("uu", lambda _text: None),
}  # fmt: skip


def run_openssl_encoder(call: Call) -> Val:
    """Fold ``openssl base64 -d`` and recognise ``openssl enc -d``."""
    options = split_options(call.args, "-in -out -k -K -iv -pass -inkey")
    content = _content(call, options.all("-in"))
    flags = {arg.text for arg in call.args}
    decoding = "-d" in flags or "-decrypt" in flags
    plain = bool(flags & {"base64", "-base64", "-a", "-A"}) and not any(
        re.match(r"-(?:aes|des|camellia|chacha|rc4|bf)", f) for f in flags
    )
    out = Val(UNKNOWN, content.sources, content.layer)
    if decoding:
        out = _decoded(
            call, content, "base64" if plain else "cipher", _fold.from_base64 if plain else lambda _text: None
        )
    for target in options.all("-out"):
        call.write(target, out)
        out = Val()
    return out


def run_rev(call: Call) -> Val:
    """Fold ``rev``."""
    content = _content(call, split_options(call.args, "").rest)
    lines = content.text.split("\n")
    return content._replace(text="\n".join(line[::-1] for line in lines), layer=(*content.layer, "reverse"))


def run_tr(call: Call) -> Val:
    """Fold ``tr``."""
    text = call.stdin.text
    if not call.stdin.known:
        return call.stdin
    changed = _fold.translate(text, [arg.text for arg in call.args])
    odd = any(
        not re.search(r"\\n|^[\s-]|:(?:upper|lower|space):", arg.text) for arg in call.args if arg.text[:1] != "-"
    )
    return call.stdin._replace(
        text=changed, layer=(*call.stdin.layer, "tr") if odd and changed != text else call.stdin.layer
    )


def run_sed(call: Call) -> Val:
    """Fold ``sed s/a/b/``; other scripts pass data on; ``-i`` changes files."""
    options = split_options(call.args, "-e --expression -f")
    scripts = options.all("-e", "--expression") or options.rest[:1]
    files = options.rest if options.all("-e", "--expression") else options.rest[1:]
    if options.has("-i", "--in-place"):
        for value in files:
            call.write(value, join_vals(scripts)._replace(text=UNKNOWN))
        return Val()
    content = _content(call, files)
    for script in scripts:
        text = _fold.substitute(content.text, script.text) if content.known else None
        content = content._replace(text=UNKNOWN if text is None else text)
    return content


def run_filter(call: Call) -> Val:
    """Read ``grep``, ``cut``, ``jq`` and other filters: the data passes on, its text unknown."""
    options = split_options(call.args, "-e --regexp -f -d -c -A -B -C -m --include --exclude --exclude-dir -o")
    files = options.rest[0 if options.has("-e", "--regexp") or call.name == "cut" else 1 :]
    if any(flag.startswith("-") and set(flag) & {"r", "R"} for flag in options.named) and call.name != "cut":
        index = [call.add("file.list", value.text) for value in files or [Val(".")]]
        return Val(UNKNOWN, tuple(index))
    content = _content(call, files)
    return Val(UNKNOWN if content.text or content.sources else "", content.sources, content.layer)


def run_xargs(call: Call) -> Val:
    """Read ``xargs``: what is piped in becomes arguments of the command (``-I name`` puts it in place)."""
    from depscan.facts._run import run_again

    args = list(call.args)
    mark = ""
    while args and args[0].text.startswith("-"):
        flag = args.pop(0).text
        if flag in {"-I", "-i", "-n", "-P", "-L", "-s", "-d", "-a", "-E"} and args:
            value = args.pop(0).text
            mark = value if flag == "-I" else mark
        elif flag.startswith("-I"):
            mark = flag[2:]
    if not args:
        return call.stdin
    given = call.stdin._replace(text=call.stdin.text.strip() or UNKNOWN)
    if mark:
        words = tuple(
            join_vals([a, given])._replace(text=a.text.replace(mark, given.text)) if mark in a.text else a for a in args
        )
    else:
        pieces = given.text.split()[:20]
        words = (*args, *(given._replace(text=piece) for piece in pieces))
    return run_again(call, words, Val())


def run_tee(call: Call) -> Val:
    """Read ``tee``: writes files and passes data on."""
    for value in split_options(call.args, "").rest:
        call.write(value, call.stdin)
    return call.stdin


def run_read(call: Call) -> Val:
    """Read the builtin ``read``: variables get what is piped in."""
    names = [value for value in split_options(call.args, "-p -t -n -d -u -N -i").rest if value.text.isidentifier()]
    for value in names or [Val("REPLY")]:
        content = call.stdin if call.stdin.text or call.stdin.sources else Val(UNKNOWN)
        call.session.variables[value.text] = content._replace(text=content.text.strip() or UNKNOWN)
    return Val()


HANDLERS = {
    "echo": run_echo, "printf": run_printf, "cat head tail tac sort less more bat strings type nl": run_cat,
    "base64 base32 xxd gunzip gzip zcat bunzip2 bzip2 unxz xz xzcat uudecode": run_decoder, "rev": run_rev, "tr": run_tr, "sed gsed": run_sed,  # noqa: E501
    "grep egrep fgrep zgrep rg ag cut jq yq findstr": run_filter, "xargs parallel": run_xargs, "tee": run_tee, "read": run_read,  # noqa: E501
}  # fmt: skip
