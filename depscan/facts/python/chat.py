"""Functions that a chat library calls with what somebody wrote: their parameters come from the network."""

from __future__ import annotations

import ast

from depscan.facts.fact import CALL
from depscan.facts.python.machine import RANK, Machine
from depscan.facts.python.values import Class, Func, Ref, Value

_LIBRARIES = frozenset({
    "telebot", "telegram", "aiogram", "pyrogram", "telethon", "discord", "nextcord", "disnake", "hikari", "slack_bolt",
    "slack_sdk", "socketio", "twitchio", "vkbottle", "vk_api", "nio", "irc", "paho", "revolt", "guilded", "interactions",
})  # fmt: skip
_HANDLERS = frozenset({
    "message_handler", "callback_query_handler", "channel_post_handler", "on_message", "command", "event", "on",
    "message", "hybrid_command", "slash_command", "listen", "register_message_handler", "channel_post", "listener",
})  # fmt: skip
_OWN_WORDS = frozenset({"message_handler", "on_message", "callback_query_handler"})
"""Decorators that say what they are whatever they belong to."""
_REGISTER = frozenset({
    "CommandHandler", "MessageHandler", "add_event_handler", "register_message_handler", "add_handler",
    "register_next_step_handler", "message_callback_add",
})  # fmt: skip
_METHODS = frozenset({"on_message", "on_command", "on_pubmsg", "on_privmsg", "on_raw_message"})
_FUEL = 8_000


def decorated(m: Machine, decorator: Value, made: Value) -> None:
    """Mark a function that a chat library's decorator registers."""
    if not isinstance(decorator, Ref) or not isinstance(made, Func):
        return
    root, _, last = decorator.name.rpartition(".")
    if last in _OWN_WORDS or (last in _HANDLERS and root.partition(".")[0] in _LIBRARIES):
        _mark(m, made, decorator.name)


def registered(m: Machine, name: str, given: list[Value], node: ast.AST) -> None:
    """Mark the functions given to a call that registers them, and follow them as calls that come later."""
    root, _, last = name.rpartition(".")
    if last not in _REGISTER or not (root.startswith("?") or root.partition(".")[0] in _LIBRARIES):
        return
    from depscan.facts.python.invoke import call_function

    for value in given[:4]:
        if isinstance(value, Func) and ("heard", id(value)) not in m.memo:
            _mark(m, value, name)
            m.memo["heard", id(value)] = value
            held = m.when
            m.when = CALL if RANK[held] < RANK[CALL] else held
            m.granted(_FUEL, lambda fn=value: call_function(m, fn, [], {}, node))  # type: ignore[misc]
            m.when = held


def subclassed(m: Machine, cls: Class) -> None:
    """Mark the methods that a chat client of this class is called by."""
    root = cls.foreign().partition(".")[0]
    if root in _LIBRARIES:
        for name in _METHODS & cls.attrs.keys():
            method = cls.attrs[name]
            if isinstance(method, Func):
                _mark(m, method, f"{cls.foreign()}.{name}")


def heard(m: Machine, fn: Func) -> tuple[str, int, str, str] | None:
    """Return the fact that the parameters of a marked function stand for; None for other functions."""
    callee = m.memo.get(("handler", id(fn.node)))
    return ("net.download", m.line_of(fn.node), callee, "") if callee else None


def _mark(m: Machine, fn: Func, callee: str) -> None:
    m.memo["handler", id(fn.node)] = callee.replace("?.", "")
