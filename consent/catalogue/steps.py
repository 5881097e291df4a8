"""Tag behaviour as data, compiled to JavaScript: arrow functions `(w,k)=>{…}`, as short as a visitor's download should be.

`w` is the window; `k(src, attributes, then)` loads a script and calls `then` after it has run. The steps:

    set:    {name, value}                a property of the window, or of something in it: `name` is then a path
    push:   {queue, value}               onto a global array, made where it is missing; `values`: several at once
    stub:   {name, into}                 a function that pushes its `arguments` onto the global array `into`
            {name, queue, …}             a function with a queue of its own (`queue` names the property); options:
                                         call_method, alias, self, properties (what Meta's fbq needs), flags (methods
                                         that set properties: KARTE's allow), promise (each call gives one: Adobe's alloy)
            {name, methods, properties}  an array with methods that push their name and arguments onto it (TikTok's ttq)
    new:    {name, into, options, queue} an object of a class that has loaded; `queue` names the option that takes over
                                         what was queued at `into` (Microsoft's UET)
    call:   {name, args}                 a global function or method; nothing happens where it does not exist
    script: {src, attributes, then}      `then` = steps that run after it has loaded
    cookie: {name, value, max_age}       on the page's own host

In values, `{now: date}` stands for `new Date()` and `{now: ms}` for `Date.now()`.
Every value, and every name that is no identifier, is JSON-encoded (consent/javascript.py), so that none can end a string, a
line or a script element. Guarded steps (grant, revoke) MUST change nothing where the vendor's code is absent.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from consent.javascript import key, literal, member, optional_member

Step = Mapping[str, Any]

NOW = {"date": "new Date()", "ms": "Date.now()"}


def compile_load(steps: Sequence[Step]) -> str:
    """What loads the tag of a consented service: an array of one function."""
    return f"[{_arrow(''.join(_statement(step) for step in steps))}]"


def compile_guarded(steps: Sequence[Step]) -> str:
    """A vendor's grant or revoke call: an array of a function each, so that one that throws does not hold up the next."""
    return f"[{','.join(_arrow(_guarded(step)) for step in steps)}]"


def _arrow(body: str) -> str:
    return f"(w,k)=>{{{body.removesuffix(';')}}}"


def _statement(step: Step) -> str:
    ((kind, options),) = step.items()
    return _KINDS[kind](**options)


def _guarded(step: Step) -> str:
    ((kind, options),) = step.items()
    if kind == "push":
        return f"{_window(options['queue'])}?.push({_pushed(options)});"
    return _statement(step)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        if value.keys() == {"now"}:
            return NOW[value["now"]]
        return "{" + ",".join(f"{key(name)}:{_value(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_value(each) for each in value) + "]"
    if isinstance(value, bool):
        return "!0" if value else "!1"
    return literal(value)


def _window(name: str) -> str:
    return member("w", name)


def _set(*, name: str | Sequence[str], value: Any) -> str:
    path = [name] if isinstance(name, str) else name
    return f"{reduce(member, path, 'w')}={_value(value)};"


def _push(*, queue: str, **pushed: Any) -> str:
    return f"({_window(queue)}={_window(queue)}||[]).push({_pushed(pushed)});"


def _pushed(options: Mapping[str, Any]) -> str:
    return ",".join(_value(each) for each in options.get("values") or [options["value"]])


def _new(*, name: str, into: str, options: Mapping[str, Any], queue: str) -> str:
    made = f"new {_window(name)}(Object.assign({_value(options)},{{{key(queue)}:{_window(into)}}}))"
    return f"if({_window(name)}){_window(into)}={made};"


def _stub(*, name: str, into: str | None = None, queue: str | None = None, **options: Any) -> str:
    if "methods" in options:
        return _stub_with_methods(name, **options)
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
    flags: Mapping[str, Mapping[str, Any]] | None = None,
    promise: bool = False,
) -> str:
    queued = member("f", queue)
    push = f"{queued}.push(arguments)"
    if promise:
        push = f"return new Promise((...s)=>{{{queued}.push([...s,arguments])}})"
    if call_method:
        method = member("f", call_method)
        push = f"{method}?{method}.apply(f,arguments):{push}"
    body = f"let f={_window(name)}=function(){{{push}}};{queued}=[];"
    if alias:
        body += f"{_window(alias)}={_window(alias)}||f;"
    if self:
        body += f"{member('f', self)}=f;"
    body += _assigned(properties or {})
    body += "".join(f"{member('f', each)}=()=>{{{_assigned(set_)}}};" for each, set_ in (flags or {}).items())
    return f"if(!{_window(name)}){{{body}}}"


def _stub_with_methods(name: str, *, methods: Sequence[str], properties: Mapping[str, Any] | None = None) -> str:
    body = f"let f={_window(name)}=[];f.methods={_value(methods)};"
    body += "for(let m of f.methods)f[m]=(...a)=>{f.push([m,...a])};"
    return f"if(!{_window(name)}){{{body}{_assigned(properties or {})}}}"


def _assigned(properties: Mapping[str, Any]) -> str:
    return "".join(f"{member('f', name)}={_value(value)};" for name, value in properties.items())


def _call(*, name: str, args: Sequence[Any]) -> str:
    first, *rest = name.split(".")
    called = _window(first) + "".join(optional_member(each) for each in rest)
    return f"{called}?.({','.join(_value(value) for value in args)});"


def _script(*, src: str, attributes: Mapping[str, str] | None = None, then: Sequence[Step] = ()) -> str:
    options = [_value(dict(attributes or {}))] if attributes or then else []
    after = [f"()=>{{{''.join(_statement(step) for step in then)}}}"] if then else []
    return f"k({','.join([literal(src), *options, *after])});"


def _cookie(*, name: str, value: str, max_age: int) -> str:
    return f"w.document.cookie={literal(f'{name}={value}; Path=/; Max-Age={max_age}; SameSite=Lax')};"


_KINDS: Mapping[str, Callable[..., str]] = {
    "set": _set,
    "push": _push,
    "stub": _stub,
    "call": _call,
    "new": _new,
    "script": _script,
    "cookie": _cookie,
}
