"""The interpreter of shell commands: every command is looked at once, in order; nothing is run."""

from __future__ import annotations

import re

from depscan.facts._call import Body, Call, Session
from depscan.facts._shell_tree import Block, Function, Loop, Node, Part, Pipe, Redirect, Simple, Word
from depscan.facts.place import UNKNOWN, Place, Val, join_vals

_MAX_ROUNDS = 12
_MAX_CALLS = 30
_MAX_FOLDED = 200_000
_NOTHING = Val()
_SECRET = re.compile(
    r"(?i)(?:^|_)(?:TOKEN|SECRETS?|PASS(?:WORD|WD|PHRASE)?|PWD|API_?KEY|APIKEY|CREDENTIALS?|KEY|MNEMONIC|AUTH)(?:_|$)|_KEY_ID$|TOKEN$|SECRET$"
)
_IDENTITY = frozenset(["USER", "LOGNAME", "HOSTNAME", "HOST", "USERNAME", "COMPUTERNAME", "USERDOMAIN", "SUDO_USER"])


class Shell:
    """Runs through the tree of one text."""

    def __init__(self, text: str, place: Place, session: Session) -> None:
        self._text = text
        self._outer = place
        self._place = place
        self._session = session
        self._calls = 0

    def run_all(self, stdin: Val) -> Val:
        """Parse and follow the whole text, functions nobody called last."""
        from depscan.facts._shell_parse import parse_shell
        from depscan.facts._shell_words import TooDeepError

        try:
            nodes = parse_shell(self._text)
            out = self._list(nodes, stdin)
            for name in [name for name in self._session.functions if name not in self._session.called]:
                self._session.called.add(name)
                self._body(self._session.functions[name], name)
        except (TooDeepError, RecursionError):
            self._place.sink.gap(self._place.path, "shell text nested too deeply to follow", self._place.line)
            return Val(UNKNOWN)
        return out

    def _list(self, nodes: tuple[Node, ...], stdin: Val) -> Val:
        printed = [self._node(node, stdin) for node in nodes]
        ended = [
            value._replace(text=value.text + "\n") if value.text.endswith(UNKNOWN) else value for value in printed[:-1]
        ]
        return join_vals([value for value in (*ended, *printed[-1:]) if value.text or value.sources])

    def _node(self, node: Node, stdin: Val) -> Val:
        self._session.fuel -= 1
        if self._session.fuel <= 0:
            if self._session.fuel == 0:
                self._place.sink.gap(self._place.path, "shell text too long to follow to its end", self._place.line)
            return Val()
        if isinstance(node, Simple):
            return self._simple(node, stdin)
        if isinstance(node, Pipe):
            return self._pipe(node, stdin)
        if isinstance(node, Function):
            self._session.functions[node.name] = Body(node.body, self._text, self._outer)
            return Val()
        if isinstance(node, Loop):
            return self._loop(node, stdin)
        return self._block(node, stdin)

    def _block(self, node: Block, stdin: Val) -> Val:
        for redirect in node.redirects:
            stdin = self._input(redirect, stdin) or stdin
        out = self._list(node.body, stdin)
        return self._output(node.redirects, out)

    def _loop(self, node: Loop, stdin: Val) -> Val:
        values = [value for word in node.words for value in self._expand(word)]
        printed: list[Val] = []
        for value in values[:_MAX_ROUNDS] or [Val(UNKNOWN)]:
            self._session.variables[node.name] = value
            printed.append(self._block(Block(node.body, node.redirects), stdin))
        return join_vals(printed)

    def _pipe(self, node: Pipe, stdin: Val) -> Val:
        from depscan.facts._reverse import pipe_is_reverse_shell

        before = len(self._outer.sink.facts)
        for stage in node.stages:
            stdin = self._node(stage, stdin)
        names = [self._first_word(stage) for stage in node.stages]
        if pipe_is_reverse_shell(names):
            facts = self._outer.sink.facts
            links = tuple(i for i in range(before, len(facts)) if facts[i].what in {"net.connect", "net.send"})
            self._place.add("process.spawn", "sh", (self._place.text or self._text,), links, ("reverse",))
        return stdin

    def _first_word(self, node: Node) -> tuple[str, ...]:
        if not isinstance(node, Simple):
            return ()
        return tuple("".join(part.text for part in word) for word in node.words)

    # --- simple commands ---

    def _simple(self, node: Simple, stdin: Val) -> Val:
        self._place = self._at(node.offset)
        for name, word in node.assigns:
            self._session.variables[name] = self._join(word)
        for redirect in node.redirects:
            stdin = self._input(redirect, stdin) or stdin
        words = [value for word in node.words for value in self._expand(word)]
        self._place = self._at(node.offset)
        if not words:
            return self._output(node.redirects, Val())
        if words[0].text == "exec" and len(words) == 1:
            return self._keep_streams(node.redirects)
        if self._is_joined_shell(node.redirects, words):
            return Val()
        out = self._command(words, stdin)
        return self._output(node.redirects, out, words)

    def _is_joined_shell(self, redirects: tuple[Redirect, ...], words: list[Val]) -> bool:
        """Whether a shell's input or output is a connection: the reverse shell, which is told."""
        from depscan.facts._reverse import is_shell

        if not redirects or not is_shell(words[0].text):
            return False
        sources: tuple[int, ...] = ()
        for redirect in redirects:
            target = self._join(redirect.target)
            link = self._session.streams.get(target.text) if redirect.op in {">&", "<&"} else None
            link = link or self._network(target)
            sources = (*sources, *(link.sources if link else ()))
        if sources:
            self._place.add("process.spawn", words[0].text, (join_vals(words, " ").text,), sources, ("reverse",))
        return bool(sources)

    def _command(self, words: list[Val], stdin: Val) -> Val:
        from depscan.facts._run import run_words

        name = words[0].text
        body = self._session.functions.get(name)
        if body is None:
            return run_words(tuple(words), stdin, self._place, self._session)
        self._session.called.add(name)
        self._calls += 1
        if self._calls > _MAX_CALLS:
            return Val(UNKNOWN)
        for number in range(1, 10):
            self._session.variables[str(number)] = words[number] if number < len(words) else Val()
        self._session.variables["@"] = self._session.variables["*"] = join_vals(words[1:], " ")
        return self._body(body, "", stdin)

    def _body(self, body: Body, scope: str, stdin: Val = _NOTHING) -> Val:
        """Follow a function; its lines are those of the text that defines it."""
        text, outer = self._text, self._outer
        self._text, self._outer = body.text, body.place._replace(scope=scope or body.place.scope)
        out = self._list(body.nodes, stdin)
        self._text, self._outer = text, outer
        return out

    def _at(self, offset: int) -> Place:
        start = self._text.rfind("\n", 0, offset) + 1
        stop = self._text.find("\n", offset)
        text = self._text[start : stop if stop >= 0 else len(self._text)]
        line = self._outer.line if self._outer.layer else self._outer.line + self._text.count("\n", 0, offset)
        return self._outer._replace(line=line, text=text)

    # --- redirections ---

    def _input(self, redirect: Redirect, stdin: Val) -> Val | None:
        if redirect.op in {"<<", "<<-", "<<<"}:
            return self._join(redirect.target)
        if redirect.op == "<&":
            return self._session.streams.get(self._join(redirect.target).text)
        if redirect.op not in {"<", "<>"} or redirect.fd not in {"", "0"}:
            return None
        target = self._join(redirect.target)
        link = self._network(target)
        if link is not None:
            return link
        return self._call([Val("cat")], stdin).read(target)

    def _call(self, words: list[Val], stdin: Val) -> Call:
        return Call(words[0].text, tuple(words), stdin, self._place, self._session)

    def _network(self, target: Val) -> Val | None:
        """Return the stream of bash's ``/dev/tcp/host/port``."""
        match = re.match(r"/dev/(tcp|udp)/([^/]*)/?(.*)", target.text)
        if match is None:
            return None
        index = self._place.add(
            "net.connect", "/dev/" + match[1], (f"{match[1]}://{match[2]}:{match[3]}",), target.sources
        )
        return Val(UNKNOWN, (*target.sources, index))

    def _output(self, redirects: tuple[Redirect, ...], out: Val, words: list[Val] | None = None) -> Val:
        for redirect in redirects:
            if redirect.op not in {">", ">>", ">|", "&>", "&>>", ">&"}:
                continue
            target = self._join(redirect.target)
            if redirect.op == ">&" and re.fullmatch(r"\d+|-", target.text):
                link = self._session.streams.get(target.text)
            else:
                link = self._network(target)
            if link is not None:
                self._send(link, out)
                out = Val()
            elif redirect.fd in {"", "1"} and not re.fullmatch(r"&?\d+|-", target.text):
                self._call([words[0] if words else Val(">")], Val()).write(target, out)
                out = Val()
        return out

    def _send(self, link: Val, out: Val) -> None:
        if out.sources or out.text:
            self._place.add("net.send", "/dev/tcp", self._address(link), tuple({*link.sources, *out.sources}))

    def _address(self, link: Val) -> tuple[str, ...]:
        facts = self._place.sink.facts
        return tuple(
            value for index in link.sources if facts[index].what == "net.connect" for value in facts[index].values
        )

    def _keep_streams(self, redirects: tuple[Redirect, ...]) -> Val:
        for redirect in redirects:
            link = self._network(self._join(redirect.target))
            if link is not None:
                self._session.streams[redirect.fd or ("0" if redirect.op == "<" else "1")] = link
        return Val()

    # --- words ---

    def _join(self, word: Word) -> Val:
        return join_vals([self._part(part) for part in word])

    def _expand(self, word: Word) -> list[Val]:
        """Return the fields a word becomes: braces, then substitution, then splitting."""
        if len(word) == 1 and word[0].kind == "lit" and not word[0].quoted:
            return self._literal(word[0].text)
        fields: list[list[Val]] = [[]]
        for part in word:
            value = self._part(part)
            if part.quoted or part.kind in {"lit", "proc"} or not re.search(r"\s", value.text):
                fields[-1].append(value)
                continue
            pieces = value.text.split()
            if pieces and not value.text[0].isspace():
                fields[-1].append(value._replace(text=pieces.pop(0)))
            fields.extend([value._replace(text=piece)] for piece in pieces)
            if value.text[-1].isspace():
                fields.append([])
        return [join_vals(field) for field in fields if field]

    def _literal(self, text: str) -> list[Val]:
        if text.startswith("{") and text.endswith("}") and "," in text:
            return [self._session.lit(piece) for piece in text[1:-1].split(",")]
        return [self._session.lit("~" + text[1:] if text.startswith("~") else text)]

    def _part(self, part: Part) -> Val:
        if part.kind == "lit":
            return self._session.lit(part.text)
        if part.kind == "var":
            return self._variable(part)
        if part.kind == "arith":
            return Val(UNKNOWN)
        place = self._place
        out = self._list(part.body, Val())
        self._place = place
        if part.kind == "proc":
            self._session.files["/dev/fd/" + str(len(self._session.files))] = out
            return Val("/dev/fd/" + str(len(self._session.files) - 1), out.sources, out.layer)
        return out._replace(text=out.text.rstrip("\n") or (UNKNOWN if out.sources else ""))

    def _variable(self, part: Part) -> Val:
        from depscan.facts._fold import fold_expansion

        held = self._session.variables.get(part.text)
        if part.op == "!" and held is not None:
            held = self._session.variables.get(held.text, Val(UNKNOWN))
        if held is None:
            held = self._environment(part.text)
        argument = self._join(part.arg) if part.arg else Val()
        folded = fold_expansion(held, part.op, argument)
        return folded._replace(text=folded.text[:_MAX_FOLDED])

    def _environment(self, name: str) -> Val:
        known = {"HOME": "~", "IFS": " ", "SHELL": "/bin/sh", "0": "sh", "TMPDIR": "/tmp", "PWD": "."}.get(name)  # noqa: S108
        if known is not None:
            return Val(known)
        if name in _IDENTITY:
            return Val(UNKNOWN, (self._place.add("host.identify", "$" + name, (name,)),))
        if name and _SECRET.search(name) and name != "PWD":
            return Val(UNKNOWN, (self._place.add("env.read", "$" + name, (name,)),))
        return Val(UNKNOWN, self._session.unknown if name in "@*0123456789" else ())
