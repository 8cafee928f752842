"""What is stolen, and how one makes each of it worthless."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.incident.records import Steal


class Rotation(NamedTuple):
    """Something to make worthless: what, how in a sentence, and where the incident takes it from."""

    kind: str
    what: str
    how: str
    detail: str


KINDS: dict[str, tuple[str, str]] = {
    "environment": (
        "every secret in the environment of the processes that ran it",
        "List the variables of the shell, the service or the CI job and renew each key and password among them.",
    ),
    "ci-secrets": (
        "secrets of the CI jobs that installed it",
        "Renew every secret that those jobs could read, the organisation's too, and end running jobs.",
    ),
    "ssh-keys": (
        "SSH keys",
        "Make new key pairs, take the old ones out of every authorized_keys and code host, and read the logins.",
    ),
    "git-credentials": (
        "git credentials",
        "Revoke what stands in .git-credentials and the credential helper at the code host, then sign in anew.",
    ),
    "github-tokens": (
        "tokens of the code host",
        "Revoke personal, OAuth and application tokens and look for repositories, workflows and runners nobody made.",
    ),
    "npm-tokens": (
        "npm tokens",
        "Revoke all tokens, ask for a second factor, and compare your packages' newest releases with the source.",
    ),
    "pypi-tokens": (
        "upload tokens of Python packages",
        "Delete the tokens, prefer trusted publishing, and compare your packages' newest releases with their source.",
    ),
    "cloud-credentials": (
        "cloud credentials",
        "Deactivate access and service-account keys, end sessions of roles, of instances too; read the audit log.",
    ),
    "cloud-secrets": (
        "secrets kept in a cloud's secret store or a vault",
        "Renew every secret that the stolen identity was allowed to read; the store's audit log says which were read.",
    ),
    "kubernetes": (
        "Kubernetes configurations and service-account tokens",
        "Delete and make anew the service accounts' tokens and client certificates, and look for pods nobody started.",
    ),
    "docker": ("logins of container registries", "Log out, revoke the tokens in config.json and make new ones."),
    "model-hub-tokens": (
        "tokens of model hubs",
        "Revoke the access tokens of the hub, make narrow ones, and compare your models' newest commits with your own.",
    ),
    "model-api-keys": (
        "keys of hosted models",
        "Make new keys at each vendor, delete the old ones, and look at what was billed to them.",
    ),
    "agent-settings": (
        "settings and sessions of coding agents",
        "Sign agents out everywhere, renew the tokens in their settings and tool servers, and read their start hooks.",
    ),
    "dotenv": ("secrets in .env files", "Renew every key in the .env files that the user could read."),
    "database": ("database passwords", "Set new passwords, end open sessions and read the login log."),
    "browser": (
        "passwords and sessions of browsers",
        "End all sessions of important accounts and change saved passwords, on another machine.",
    ),
    "wallets": (
        "wallets",
        "Move what they hold to a wallet with a new seed, made on another machine; a seed cannot be changed.",
    ),
    "password-manager": (
        "the password manager's vault",
        "Change the main password and rotate what the vault holds, the most valuable first.",
    ),
    "shell-history": (
        "secrets typed at the prompt",
        "Read the shell's history files for passwords and tokens and renew each of them.",
    ),
    "system-accounts": (
        "what the system says of itself (host, user names, hosts file)",
        "Nothing to renew; expect better aimed phishing, and change passwords whose hashes were readable.",
    ),
    "whole-machine": (
        "everything on the machine: strangers could run programs on it",
        "Install the machine anew and renew every credential that was ever used on it.",
    ),
    "computing-time": ("computing time only", "Nothing to renew for that; look at what was billed."),
    "payments": (
        "payments in a browser",
        "Check the addresses of payments made with the page while it was served, and build and serve it anew.",
    ),
}
"""Kind to (what it is, how it is made worthless)."""


UNKNOWN = Rotation(
    "unknown",
    "what it takes is not known for certain",
    "Renew what the processes that ran it could read: environment, keys, tokens, logins; the most valuable first.",
    "",
)


def rotations(steal: Iterable[Steal]) -> list[Rotation]:
    """Return what has to be made worthless, in the order the incident states it."""
    return [Rotation(one.kind, *KINDS[one.kind], one.detail) for one in steal]
