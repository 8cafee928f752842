"""Programs about the machine: who and where we are, what starts later, what is installed, what is watched."""

from __future__ import annotations

import re

from depscan.facts._call import Call, split_options
from depscan.facts.place import UNKNOWN, Val, join_vals


def run_identify(call: Call) -> Val:
    """Read ``whoami``, ``hostname``, ``uname``, ``ip`` ...: facts about the machine and its user."""
    return Val(UNKNOWN, (call.add("host.identify", call.whole.text),))


def run_environment(call: Call) -> Val:
    """Read ``env`` (a dump, or a wrapper of a command), ``printenv``, ``export -p``."""
    from depscan.facts._run import run_again

    if call.name == "printenv" and call.args:
        return Val(UNKNOWN, tuple(call.add("env.read", value.text) for value in call.args))
    rest = call.args
    while rest and (re.match(r"[A-Za-z_]\w*=", rest[0].text) or rest[0].text.startswith("-")):
        rest = rest[2:] if rest[0].text in {"-u", "-C"} else rest[1:]
    if rest and call.name == "env":
        return run_again(call, rest)
    return Val(UNKNOWN, (call.add("env.dump", call.whole.text),))


def run_set(call: Call) -> Val:
    """Read ``set``, ``export``, ``declare``: without a name they print every variable."""
    printing = [["-p"]] if call.name == "set" else [["-p"], ["-x"], ["-xp"], ["-px"]]
    if not call.args or [value.text for value in call.args] in printing:
        return Val(UNKNOWN, (call.add("env.dump", call.whole.text),))
    return Val()


def run_unset(call: Call) -> Val:
    """Read ``unset HISTFILE`` and ``history -c``: traces are wiped."""
    text = call.whole.text
    if re.search(r"HISTFILE|history\s+-[cw]|HISTSIZE", text):
        call.add("anti.analysis", text)
    return Val()


def run_cron(call: Call) -> Val:
    """Read ``crontab``, ``at``, ``batch``: what is piped in or given starts later."""
    from depscan.facts._programs_code import run_code_text

    options = split_options(call.args, "-u -f -t -q")
    if options.has("-l", "-r") and not call.stdin.text:
        return Val(UNKNOWN)
    content = join_vals([call.stdin, *(call.session.written(v.text) or v for v in options.rest if v.text != "-")])
    call.add("persist", call.name, content.text, sources=content.sources)
    commands = re.sub(r"(?m)^\s*(?:@\w+|(?:[\d*/,-]+\s+){5})", "", content.text)
    if content.known or commands.strip():
        run_code_text(call, content._replace(text=commands, sources=(), layer=content.layer))
    return Val(UNKNOWN)


def run_service(call: Call) -> Val:
    """Read ``systemctl enable``, ``launchctl load``, ``update-rc.d``, ``schtasks /create``, ``reg add ...Run``, ``sc create``."""  # noqa: E501
    from depscan.facts._run import run_again
    from depscan.facts.place import Place

    text = call.whole.text
    if re.search(
        r"(?i)\b(?:stop|disable|mask)\b.*(?:firewall|defend|selinux|apparmor|falcon|osquery|auditd|ufw|clamav)", text
    ):
        call.add("anti.analysis", text)
    telling = {
        "reg": r"(?i)\badd\b.*(?:\\Run(?:Once)?\b|Winlogon|Image File Execution|\\Shell\b|Policies\\Explorer)", "schtasks": r"(?i)/create|/change",  # noqa: E501
        "sc": r"(?i)\b(?:create|config)\b", "wmic": r"(?i)startup\b.*create|eventfilter",
    }.get(call.name, r"\b(?:enable|start|load|bootstrap|link|add|defaults|on|submit|daemon-reload|kickstart)\b")  # fmt: skip  # noqa: E501
    if not re.search(telling, text):
        if call.name == "wmic":
            return run_identify(call)
        return Val(
            UNKNOWN,
            () if call.name in {"reg", "systemctl", "service", "launchctl"} else (call.add("process.spawn", text),),
        )
    call.add("persist", text, sources=call.whole.sources)
    words = [value.text.lower() for value in call.args]
    command = next((call.args[i + 1] for i, word in enumerate(words[:-1]) if word in {"/tr", "/d"}), None)
    if command is not None and " " in command.text:
        place: Place = call.place.deeper("shell")
        run_again(call._replace(place=place), tuple(command._replace(text=word) for word in command.text.split()))
    return Val(UNKNOWN)


_LOCAL = re.compile(r"^(?:\.|/|\.\.|[\w./-]*\.(?:whl|tar\.gz|zip|txt))")


def run_installer(call: Call) -> Val:
    """Read ``pip install``, ``npm install``, ``gem install`` and the others: packages by name or address."""
    words = [value.text for value in call.args]
    verbs = {"install", "i", "add", "ci", "update", "exec", "dlx", "x", "download", "run", "tool", "get"}
    verb = next((word for word in words if not word.startswith("-") and (word, call.name) != ("pip", "uv")), "")
    if call.name in {"npx", "uvx", "pipx", "bunx"}:
        verb = "exec"
    if verb not in verbs or (
        call.name in {"npm", "yarn", "pnpm", "cargo", "go", "bun"}
        and verb in {"run", "get", "exec"}
        and call.name != "npx"
    ):
        quiet, call.session.quiet = call.session.quiet, False
        return Val(UNKNOWN, () if quiet else (call.add("process.spawn", call.whole.text, sources=call.whole.sources),))
    names = [w for w in words if not w.startswith("-") and w not in verbs and w != "pip"]
    return Val(UNKNOWN, (call.add("package.install", call.whole.text, *names, sources=call.whole.sources),))


def run_miner(call: Call) -> Val:
    """Read miners by their program's name."""
    return Val(UNKNOWN, (call.add("crypto.mine", call.whole.text, sources=call.whole.sources),))


def run_clipboard(call: Call) -> Val:
    """Read ``xclip``, ``pbpaste`` ...: the clipboard, read or written."""
    text = call.whole.text
    writes = (
        call.name in {"pbcopy", "wl-copy", "clip"}
        or (call.name == "xclip" and "-o" not in text)
        or (call.name == "xsel" and "-i" in text)
    )
    if writes:
        call.add("clipboard.write", text, sources=call.stdin.sources)
        return Val()
    return Val(UNKNOWN, (call.add("clipboard.read", text),))


def run_screen(call: Call) -> Val:
    """Read ``screencapture``, ``scrot``, ``import``: pictures of the screen; with a file they write it."""
    index = call.add("screen.read", call.whole.text)
    target = next((value for value in reversed(call.args) if not value.text.startswith("-")), None)
    if target is not None:
        call.write(target, Val(UNKNOWN, (index,)))
    return Val(UNKNOWN, (index,))


def run_keychain(call: Call) -> Val:
    """Read ``security find-*-password``, ``secret-tool``, ``pass``, ``cmdkey``: passwords the system keeps."""
    if call.name == "security" and not re.search(r"find-|dump-keychain|export", call.whole.text):
        return Val()
    return Val(UNKNOWN, (call.add("file.read", "~/Library/Keychains: " + call.whole.text),))


def run_guard(call: Call) -> Val:
    """Read ``setenforce 0``, ``ufw disable``, ``iptables -F``, ``netsh advfirewall``: protection switched off."""
    text = call.whole.text
    if re.search(
        r"(?i)\b0\b|disable|-F\b|\boff\b|set-mppreference|add-mppreference|vssadmin|delete|firewall|clear|\bcl\b", text
    ):
        call.add("anti.analysis", text)
    return Val()


def run_sleep(call: Call) -> Val:
    """Read ``sleep`` and ``timeout /t``."""
    call.add("sleep", call.whole.text)
    return Val()


HANDLERS = {
    "whoami hostname id uname ifconfig ipconfig ip w who last lastlog users groups lscpu lsblk systeminfo sw_vers system_profiler ps netstat ss tasklist arp "  # noqa: E501
    "route hostnamectl lsb_release dmidecode nproc free df uptime net nltest qwinsta ioreg scutil lsof mount getmac ver": run_identify,  # noqa: E501
    "env printenv": run_environment, "set export declare typeset": run_set, "unset history": run_unset, "crontab at batch anacron": run_cron,  # noqa: E501
    "systemctl launchctl update-rc.d chkconfig rc-update service schtasks reg sc wmic loginctl": run_service,
    "pip npm npx yarn pnpm gem cargo go uv uvx pipx poetry conda mamba apt apt-get yum dnf apk brew easy_install choco winget bun bunx composer": run_installer,  # noqa: E501
    "xmrig xmr-stak minerd cpuminer ethminer t-rex nbminer lolminer ccminer cgminer bfgminer phoenixminer gminer nanominer srbminer-multi xmrig-cuda": run_miner,  # noqa: E501
    "xclip xsel pbpaste pbcopy wl-paste wl-copy clip termux-clipboard-get": run_clipboard,
    "screencapture scrot gnome-screenshot import maim grim spectacle nircmd": run_screen,
    "security secret-tool pass cmdkey keyctl vaultcmd": run_keychain, "setenforce ufw iptables netsh vssadmin wevtutil bcdedit": run_guard, "sleep": run_sleep,  # noqa: E501
}  # fmt: skip
