"""Programs that talk to the network: what they fetch, and what they carry away."""

from __future__ import annotations

import re

from depscan.facts._call import Call, Options, split_options
from depscan.facts._reverse import is_shell
from depscan.facts.place import UNKNOWN, Val, join_vals

_CURL = (
    "-d --data --data-raw --data-binary --data-urlencode --data-ascii --json -F --form --form-string -T --upload-file -o --output -H --header -u --user "  # noqa: E501
    "-A --user-agent -e --referer -b --cookie -X --request --url -x --proxy -m --max-time --connect-timeout --retry --retry-delay --cacert --cert --key "  # noqa: E501
    "-w --write-out -c --cookie-jar -D --dump-header -K --config -r --range -C --continue-at --resolve --interface -y -Y --output-dir --doh-url "  # noqa: E501
    "--retry-max-time --limit-rate --max-redirs -E"
)
_CURL_DATA = [
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--data-ascii",
    "--json",
    "-F",
    "--form",
    "--form-string",
]
_CURL_CARRY = ["-H", "--header", "-u", "--user", "-A", "--user-agent", "-e", "--referer", "-b", "--cookie"]
_WGET = (
    "-O --output-document -o --output-file -P --directory-prefix --post-data --post-file --body-data --body-file --method --header -U --user-agent "  # noqa: E501
    "--user --password -T --timeout -t --tries -i --input-file -a -e --referer --load-cookies -w --wait -A -R -D"
)
_URL = re.compile(r"(?i)^[a-z][a-z0-9+.-]*://")


def _looks_like_address(text: str) -> bool:
    return bool(_URL.match(text)) or "." in text or UNKNOWN in text


def _data(call: Call, value: Val) -> Val:
    """Return data for an upload; ``@file`` and ``name=@file`` read a file."""
    match = re.match(r"(?:[^=@]*=)?[@<]([^;]+)", value.text)
    if match is None:
        return value
    if match[1] == "-":
        return call.stdin
    return join_vals([value, call.read(value._replace(text=match[1].strip('"')))])


def _request(call: Call, urls: list[Val], sent: list[Val], carried: list[Val]) -> Val:
    """Add what a request to ``urls`` does and return the answer."""
    indices: list[int] = []
    for url in urls:
        if sent or _leaks(url) or any(value.sources for value in carried):
            flows = join_vals([url, *sent, *carried])
            indices.append(call.add("net.send", url.text, sources=flows.sources))
        if not sent:
            indices.append(call.add("net.download", url.text, sources=url.sources))
    return Val(UNKNOWN, tuple(indices))


def _leaks(url: Val) -> bool:
    """Whether collected data stands in an address whose host is known."""
    return bool(url.sources) and not url.text.startswith(UNKNOWN)


def _save(call: Call, answer: Val, names: list[Val], urls: list[Val], *, remote: bool) -> Val:
    """Write an answer to the named files (or the last part of the address); returns what is printed."""
    files = [name for name in names if name.text not in {"-", "/dev/stdout"}]
    if names and not files:
        return answer
    if remote:
        files += [url._replace(text=re.split(r"[?#]", url.text)[0].rstrip("/").rsplit("/", 1)[-1]) for url in urls]
    for name in files:
        call.write(name, answer)
    return Val() if files else answer


def run_curl(call: Call) -> Val:
    """Read ``curl`` (its manual page): uploads by -d, -F, -T; fetches otherwise."""
    options = split_options(call.args, _CURL)
    urls = [value for value in (*options.rest, *options.all("--url")) if value.text]
    sent = [_data(call, value) for value in options.all(*_CURL_DATA)]
    sent += [
        call.stdin if value.text in {"-", "."} else call.read(value) for value in options.all("-T", "--upload-file")
    ]
    verb = "".join(value.text for value in options.all("-X", "--request")).upper()
    if not sent and verb in {"POST", "PUT", "PATCH"}:
        sent = [Val()]
    answer = _request(call, urls, sent, options.all(*_CURL_CARRY))
    files = options.all("-o", "--output")
    return _save(call, answer, files, urls, remote=options.has("-O", "--remote-name"))


def run_wget(call: Call) -> Val:
    """Read ``wget`` (its manual): saves under the address's last part unless ``-O`` says otherwise."""
    options = split_options(call.args, _WGET)
    sent = options.all("--post-data", "--body-data") + [call.read(v) for v in options.all("--post-file", "--body-file")]
    urls = [value for value in options.rest if value.text]
    answer = _request(
        call, urls, sent, options.all("--header", "-U", "--user-agent", "--user", "--password", "--referer")
    )
    files = options.all("-O", "--output-document")
    return _save(call, answer, files, urls, remote=not files and not options.has("--spider"))


def run_fetch(call: Call) -> Val:
    """Read other fetchers: fetch, aria2c, axel, lynx, HTTPie."""
    options = split_options(call.args, "-o --out -d --dir -O --output")
    urls = [value for value in options.rest if _looks_like_address(value.text)]
    sent = [_data(call, value) for value in options.rest if value not in urls and re.match(r"[\w-]+[=@:]", value.text)]
    sent = [*sent, call.stdin] if call.stdin.sources else sent
    answer = _request(call, urls[:1], sent, [])
    files = options.all("-o", "--out", "--output")
    remote = call.name in {"aria2c", "axel", "fetch"} and not files
    return _save(call, answer, files, urls[:1], remote=remote)


def run_netcat(call: Call) -> Val:
    """Read ``nc``, ``ncat``, ``telnet``: a connection, what is piped in, and ``-e``, the reverse shell."""
    options = split_options(call.args, "-e -c --exec --sh-exec --lua-exec -w -i -s -x -X -p --proxy -I -O -g -G -q")
    host = join_vals(options.rest[:2], ":")
    listens = options.has("-l", "--listen")
    index = call.add("net.connect", ("listen:" if listens else "tcp://") + host.text, sources=host.sources)
    for program in options.all("-e", "-c", "--exec", "--sh-exec"):
        call.add("process.spawn", call.whole.text, sources=(index, *program.sources), guards=("reverse",))
    if call.stdin.sources or call.stdin.known or _leaks(host):
        send = call.add("net.send", "tcp://" + host.text, sources=(*call.stdin.sources, *host.sources, index))
        return Val(UNKNOWN, (index, send))
    return Val(UNKNOWN, (index,))


def run_socat(call: Call) -> Val:
    """Read ``socat``: an address with EXEC beside one with TCP is a reverse shell."""
    text = call.whole.text
    target = re.search(r"(?i)(?:tcp[46]?|openssl|udp[46]?|ssl|sctp)(?:-connect)?:([^\s,]+)", text)
    index = call.add("net.connect", "tcp://" + (target[1] if target else UNKNOWN), sources=call.whole.sources)
    if re.search(r"(?i)\b(?:exec|system|shell):", text):
        call.add("process.spawn", text, sources=(index,), guards=("reverse",))
    if call.stdin.sources:
        call.add("net.send", "tcp://" + (target[1] if target else UNKNOWN), sources=(*call.stdin.sources, index))
    return Val(UNKNOWN, (index,))


def run_copy(call: Call) -> Val:
    """Read ``scp``, ``rsync``, ``sftp``, ``rclone``: local files to a remote place, or the other way."""
    options = split_options(call.args, "-i -P -o -e -F -l -c --rsh --exclude --include -b")
    rest = [value for value in options.rest if value.text not in {"copy", "sync", "move", "copyto"}]
    if not rest:
        return Val()
    target = rest[-1]
    if _remote(target.text):
        sources = join_vals([target, *(call.read(value) for value in rest[:-1] if not _remote(value.text))]).sources
        call.add("net.send", target.text, sources=(*sources, *call.stdin.sources))
        return Val()
    fetched = [value for value in rest[:-1] if _remote(value.text)]
    for value in fetched:
        index = call.add("net.download", value.text, sources=value.sources)
        call.write(target, Val(UNKNOWN, (index,)))
    return Val()


def _remote(text: str) -> bool:
    return bool(re.match(r"(?:[^/\\:\s]{2,}:|[a-z]+://)", text))


def run_ssh(call: Call) -> Val:
    """Read ``ssh``: a connection; a tunnel back (``-R``) and what is piped in are told."""
    options = split_options(call.args, "-i -p -o -l -F -R -L -D -b -c -E -e -I -J -m -O -Q -S -W -w")
    host = options.rest[0] if options.rest else Val(UNKNOWN)
    index = call.add("net.connect", "ssh://" + host.text, *(v.text for v in options.all("-R")), sources=host.sources)
    remote = join_vals(options.rest[1:], " ")
    if call.stdin.sources or remote.sources:
        call.add("net.send", "ssh://" + host.text, sources=(*call.stdin.sources, *remote.sources, index))
    return Val(UNKNOWN, (index,))


def run_ftp(call: Call) -> Val:
    """Read ``ftp``, ``tftp``, ``ftpput``, ``lftp``: the commands come by standard input or ``-c``/``-e``."""
    options = split_options(call.args, "-u -p -P -c -e -s -m")
    host = options.rest[0] if options.rest else Val(UNKNOWN)
    script = join_vals([call.stdin, *options.all("-c", "-e", "-s"), *options.rest[1:]], "\n")
    sources = list(script.sources)
    for name in re.findall(r"(?im)(?:^|[\s;])m?put\s+(\S+)", script.text):
        sources.extend(call.read(Val(name)).sources)
    if call.name == "ftpput" or re.search(r"(?im)(?:^|[\s;])m?put\b", script.text) or sources:
        return Val(UNKNOWN, (call.add("net.send", "ftp://" + host.text, sources=tuple(sources)),))
    index = call.add("net.download", "ftp://" + host.text)
    for name in re.findall(r"(?im)(?:^|[\s;])get\s+(\S+)", script.text):
        call.write(Val(name), Val(UNKNOWN, (index,)))
    return Val(UNKNOWN, (index,))


def run_lookup(call: Call) -> Val:
    """Read ``dig``, ``nslookup``, ``host``, ``ping``: a name looked up may carry data in its labels."""
    options = split_options(call.args, "-c -w -W -i -s -t -q -p -n -I -l")
    indices: list[int] = []
    for value in options.rest:
        if not value.text.startswith(("@", "+")) and value.text.upper() not in {
            "A",
            "TXT",
            "ANY",
            "MX",
            "AAAA",
            "CNAME",
            "NS",
        }:
            indices.append(call.add("dns.query", value.text, sources=(*value.sources, *call.stdin.sources)))  # noqa: PERF401
    return Val(UNKNOWN, tuple(indices))


def run_openssl(call: Call) -> Val:
    """Read ``openssl``: ``s_client`` is a connection, ``enc``/``base64`` a coder."""
    from depscan.facts._programs_text import run_openssl_encoder

    if not call.args or call.args[0].text != "s_client":
        return run_openssl_encoder(call)
    options: Options = split_options(call.args[1:], "-connect -host -port -servername -cert -key")
    host = join_vals(options.all("-connect", "-host"))
    index = call.add("net.connect", "tls://" + host.text, sources=host.sources)
    if call.stdin.sources:
        call.add("net.send", "tls://" + host.text, sources=(*call.stdin.sources, index))
    return Val(UNKNOWN, (index,))


def run_git(call: Call) -> Val:
    """Read ``git``: clone and fetch download, push carries away, config of hooks persists."""
    options = split_options(call.args, "-C -c -b --branch --depth -o -u")
    verb = options.rest[0].text if options.rest else ""
    urls = [value for value in options.rest[1:] if re.match(r"(?:[a-z+]+://|[\w.-]+@[\w.-]+:|\{\?\})", value.text)]
    whole = call.whole
    if verb == "push" or (verb == "remote" and whole.sources):
        return (
            Val(UNKNOWN, (call.add("net.send", *(u.text for u in urls), sources=whole.sources),))
            if whole.sources or urls
            else Val()
        )
    if verb in {"clone", "fetch", "pull", "submodule"} and urls:
        index = call.add("net.download", urls[0].text, sources=urls[0].sources)
        folder = (
            options.rest[2]
            if len(options.rest) > 2  # noqa: PLR2004
            else urls[0]._replace(text=urls[0].text.rsplit("/", 1)[-1].removesuffix(".git"))
        )
        call.session.files[folder.text] = Val(UNKNOWN, (index,))
        return Val(UNKNOWN, (index,))
    if verb == "config" and options.has("--list", "-l"):
        return Val(UNKNOWN, (call.add("file.read", "~/.gitconfig"),))
    if verb == "config" and any(v.text in {"user.email", "user.name"} for v in options.rest):
        return Val(UNKNOWN, (call.add("host.identify", options.rest[1].text),))
    quiet, call.session.quiet = call.session.quiet, False
    return Val(UNKNOWN, () if quiet else (call.add("process.spawn", whole.text, sources=whole.sources),))


def run_cloud_copy(call: Call) -> Val:
    """Read ``aws s3 cp``, ``gsutil cp``, ``gh gist create``, ``gcloud auth print-access-token`` and their like."""
    words = [value.text for value in call.args]
    text = " ".join(words)
    if re.search(
        r"print-(?:access|identity)-token|auth token|get-session-token|get-login-password|get-secret-value|configure (?:get|list)",  # noqa: E501
        text,
    ):
        return Val(UNKNOWN, (call.add("file.read", f"{call.name} credentials: {text}"),))
    if re.search(r"\b(?:s3|storage|cp|mv|rsync|gist|upload|put-object)\b", text):
        places = [value for value in call.args if re.match(r"(?:s3|gs|https?|az)://", value.text)]
        local = [value for value in call.args if value not in places and re.search(r"[/~.]", value.text)]
        if not places or places[-1] is call.args[-1]:
            sources = join_vals([call.read(value) for value in local]).sources
            target = places[-1].text if places else call.name
            return Val(UNKNOWN, (call.add("net.send", target, sources=(*sources, *call.stdin.sources)),))
        index = call.add("net.download", places[0].text)
        call.write(call.args[-1], Val(UNKNOWN, (index,)))
        return Val(UNKNOWN, (index,))
    call.add("process.spawn", call.whole.text, sources=call.whole.sources)
    return Val(UNKNOWN)


def run_mail(call: Call) -> Val:
    """Read ``mail``, ``sendmail``, ``mutt``: what is piped in or attached goes to an address."""
    options = split_options(call.args, "-s -a -A -c -b -r -S")
    attached = [call.read(value) for value in options.all("-a", "-A")]
    flows = join_vals([call.stdin, *attached, *options.all("-s")])
    to = [value.text for value in options.rest] or ["mail"]
    return Val(UNKNOWN, (call.add("net.send", *to, sources=flows.sources),))


def run_awk(call: Call) -> Val:
    """Read ``awk``: passes its input on; ``/inet/tcp`` opens connections, ``system()`` starts commands."""
    from depscan.facts._reverse import code_is_reverse_shell

    code = next((value.text for value in call.args if not value.text.startswith("-")), "")
    link = re.search(r"/inet/(?:tcp|udp)/\d+/([^/\"]+)/(\w+)", code)
    if link is not None:
        index = call.add("net.connect", f"tcp://{link[1]}:{link[2]}")
        if code_is_reverse_shell(code) or "|&" in code:
            call.add("process.spawn", call.whole.text, sources=(index,), guards=("reverse",))
        return Val(UNKNOWN, (index, *call.stdin.sources))
    return Val(UNKNOWN, call.stdin.sources, call.stdin.layer)


__all__ = ["HANDLERS", "is_shell"]
HANDLERS = {
    "curl": run_curl, "wget wget2": run_wget, "fetch aria2c axel lynx links http https xh": run_fetch,
    "nc ncat netcat telnet nc.traditional nc.openbsd": run_netcat, "socat": run_socat, "scp rsync sftp rclone": run_copy,  # noqa: E501
    "ssh autossh": run_ssh, "ftp tftp ftpput ftpget lftp ncftpput": run_ftp,
    "dig nslookup host ping ping6 drill kdig resolvectl getent": run_lookup, "openssl": run_openssl, "git": run_git,
    "aws gsutil gcloud az gh s3cmd kubectl vault": run_cloud_copy, "mail mailx sendmail mutt msmtp swaks": run_mail, "awk gawk mawk": run_awk,  # noqa: E501
}  # fmt: skip
