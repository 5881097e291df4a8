"""Tag behaviour as data, compiled to one JavaScript function expression `function(w,k){…}`.

`w` is the window; `k(src, attributes, then)` loads a script and calls `then` after it has run. The steps:

    set:    {name, value}                a property of the window
    push:   {queue, value}               onto a global array, made where it is missing
    stub:   {name, into}                 a function that pushes its `arguments` onto the global array `into`
            {name, queue, …}             a function with a queue of its own (`queue` names the property); options:
                                         call_method, alias, self, properties (what Meta's fbq needs)
    call:   {name, args}                 a global function or method; nothing happens where it does not exist
    script: {src, attributes, then}      `then` = steps that run after it has loaded
    cookie: {name, value, max_age}       on the page's own host

In values, `{now: date}` stands for `new Date()` and `{now: ms}` for `Date.now()`.
Every name and value is JSON-encoded (consent/javascript.py), so that none can end a string, a line or a script element.
Guarded steps (grant, revoke) MUST not throw and MUST change nothing where the vendor's code is absent.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from consent.javascript import literal

Step = Mapping[str, Any]

NOW = {"date": "new Date()", "ms": "Date.now()"}


def compile_load(steps: Sequence[Step]) -> str:
    """What loads the tag of a consented service."""
    return "function(w,k){" + "".join(_statement(step) for step in steps) + "}"


def compile_guarded(steps: Sequence[Step]) -> str:
    """A vendor's grant or revoke call: each step by itself, so that one that fails does not hold up the next."""
    return "function(w,k){" + "".join(f"try{{{_guarded(step)}}}catch(e){{}}" for step in steps) + "}"


def _statement(step: Step) -> str:
    ((kind, options),) = step.items()
    return _KINDS[kind](**options)


def _guarded(step: Step) -> str:
    ((kind, options),) = step.items()
    if kind == "push":
        queue = _window(options["queue"])
        return f"if({queue}){queue}.push({_value(options['value'])});"
    return _statement(step)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        if value.keys() == {"now"}:
            return NOW[value["now"]]
        return "{" + ",".join(f"{literal(key)}:{_value(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_value(member) for member in value) + "]"
    return literal(value)


def _window(name: str) -> str:
    return f"w[{literal(name)}]"


def _set(*, name: str, value: Any) -> str:
    return f"{_window(name)}={_value(value)};"


def _push(*, queue: str, value: Any) -> str:
    return f"({_window(queue)}={_window(queue)}||[]).push({_value(value)});"


def _stub(*, name: str, into: str | None = None, queue: str | None = None, **options: Any) -> str:
    if into is None:
        assert queue is not None  # the JSON Schema of the presets holds it
        return _stub_with_queue(name, queue, **options)
    array = _window(into)
    return f"{array}={array}||[];{_window(name)}={_window(name)}||function(){{{array}.push(arguments)}};"


def _stub_with_queue(
    name: str,
    queue: str,
    *,
    call_method: str | None = None,
    alias: str | None = None,
    self: str | None = None,
    properties: Mapping[str, Any] | None = None,
) -> str:
    push = f"f[{literal(queue)}].push(arguments)"
    if call_method:
        method = f"f[{literal(call_method)}]"
        push = f"{method}?{method}.apply(f,arguments):{push}"
    body = f"var f={_window(name)}=function(){{{push}}};f[{literal(queue)}]=[];"
    if alias:
        body += f"{_window(alias)}={_window(alias)}||f;"
    if self:
        body += f"f[{literal(self)}]=f;"
    body += "".join(f"f[{literal(key)}]={_value(value)};" for key, value in (properties or {}).items())
    return f"if(!{_window(name)})(function(){{{body}}})();"


def _call(*, name: str, args: Sequence[Any]) -> str:
    parts = name.split(".")
    paths = ["w" + "".join(f"[{literal(part)}]" for part in parts[:end]) for end in range(1, len(parts) + 1)]
    present = "".join(f"{owner}&&" for owner in paths[:-1]) + f'typeof {paths[-1]}==="function"'
    return f"if({present}){paths[-1]}({','.join(_value(value) for value in args)});"


def _script(*, src: str, attributes: Mapping[str, str] | None = None, then: Sequence[Step] = ()) -> str:
    after = f",{_then(then)}" if then else ""
    return f"k({literal(src)},{literal(dict(attributes or {}))}{after});"


def _then(steps: Sequence[Step]) -> str:
    return "function(){" + "".join(_statement(step) for step in steps) + "}"


def _cookie(*, name: str, value: str, max_age: int) -> str:
    return f"w.document.cookie={literal(f'{name}={value}; Path=/; Max-Age={max_age}; SameSite=Lax')};"


_KINDS: Mapping[str, Callable[..., str]] = {
    "set": _set,
    "push": _push,
    "stub": _stub,
    "call": _call,
    "script": _script,
    "cookie": _cookie,
}
