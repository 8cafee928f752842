"""Functions that a library calls with what it hears: keys from the keyboard, messages from a connection, sound."""

from __future__ import annotations

import ast
import re

from depscan.facts.fact import CALL
from depscan.facts.python.machine import RANK, Machine
from depscan.facts.python.values import Class, Func, Obj, Ref, Seq, Value, wrap

_HEARD = frozenset({
    "pynput.keyboard.Listener", "pynput.mouse.Listener", "keyboard.on_press", "keyboard.on_release", "keyboard.hook",
    "keyboard.on_press_key", "websocket.WebSocketApp", "sounddevice.InputStream", "sounddevice.RawInputStream",
    "pyaudio.PyAudio.open",
})  # fmt: skip
"""Calls whose own fact is the source of what their callbacks are given."""
_SET = frozenset({"on_message", "on_data", "KeyDown", "KeyAll", "on_event"})
"""Attributes of a client or hook that hold its callback."""
_QUEUES = ("paho.mqtt.", "stomp.", "socketio.", "pika.")
"""Clients of message brokers: they connect after the callback is set."""
_KEYS = re.compile(
    r"^(?:solders|solana|eth_account|eth_keys|web3|bip_utils|bip32utils|hdwallet|mnemonic|bitcoinlib|bit|tronpy|xrpl"
    r"|nacl|ecdsa|coincurve|base58|stellar_sdk|bittensor_wallet|bittensor|algosdk|pytezos|substrateinterface)\."
)
"""Libraries that are handed keys of money."""
_FUEL = 8_000
_MOST = 6


def called_back(m: Machine, name: str, index: frozenset[int], given: list[Value], node: ast.AST) -> None:
    """Call the functions given to a call that will hand them what it hears.

    Args:
        m: the machine.
        name: dotted name of what is called.
        index: the facts of that call.
        given: its arguments.
        node: the call.
    """
    if name in _HEARD:
        for value in given[:_MOST]:
            if isinstance(value, Func):
                _hear(m, value, index, node)


def assigned(m: Machine, holder: Value, attr: str, value: Value, node: ast.AST) -> None:
    """Follow a callback that is set as an attribute; note a function put in the place of a key library's own."""
    if not isinstance(holder, Ref) or not isinstance(value, Func):
        return
    if attr in _SET and holder.made and holder.sources:
        _hear(m, value, holder.sources, node)
    elif attr in _SET and holder.name.startswith(_QUEUES):
        _hear(m, value, frozenset((m.token(("net.download", m.line_of(node), f"{holder.name}.{attr}", "")),)), node)
    elif not holder.made and _KEYS.match(f"{holder.name}."):
        m.emit("hook.declare", "replaced", node, (f"{holder.name}.{attr}",))


def reduced(m: Machine, cls: Class, node: ast.AST) -> None:
    """Run what a pickle of the class would run: the foreign function its ``__reduce__`` names."""
    method = cls.attrs.get("__reduce__") or cls.attrs.get("__reduce_ex__")
    if not isinstance(method, Func):
        return
    from depscan.facts.python.invoke import call_function, call_value

    def run() -> None:
        made = call_function(m, method.bind(Obj(cls)), [], {}, node)
        if not isinstance(made, Seq) or len(made.items) < 2:  # noqa: PLR2004 - function and arguments
            return
        fn, given = wrap(made.items[0]), wrap(made.items[1])
        if isinstance(fn, Ref) and not fn.made and isinstance(given, Seq):
            call_value(m, fn, [wrap(i) for i in given.items[:_MOST]], {}, node)

    held = m.when
    m.when = CALL if RANK[held] < RANK[CALL] else held
    m.granted(_FUEL, run)
    m.when = held


def _hear(m: Machine, fn: Func, found: frozenset[int], node: ast.AST) -> None:
    key = ("told", id(fn.node), m.when, found)
    if not found or key in m.memo:
        return
    m.memo[key] = fn
    from depscan.facts.python.invoke import call_function

    args = fn.node.args
    names = [*args.posonlyargs, *args.args][1 if fn.bound is not None else 0 :]
    handed: list[Value] = [Ref("", found, made=True) for _ in names[:_MOST]]
    m.granted(_FUEL, lambda: call_function(m, fn, handed, {}, node))
