/**
 * A page in a real browser with the user interface on it and a core that only writes down what it
 * is asked to do. Speaks the DevTools protocol over a pipe, so that nothing has to be installed.
 */
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { TEXTS } from "./ui-texts.js";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** The browser, or nothing: then the tests that need one are skipped, and say so. */
export const browser = (process.env.PATH || "")
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Plays the core. `calls` is what the user interface has asked for. */
const CORE = `
var calls = [];
function core(granted, gpc) {
  const act = (name) => (...args) => { calls.push([name, ...args]); ui.hide(); ui.placeholders(); };
  const host = Object.assign(document.createElement("div"), { id: "consent-root" });
  document.body.append(host);
  return {
    gpc, host: () => host, receipt: () => null,
    allows: (category, service) => category === "necessary" || granted.includes(service || category),
    acceptAll: act("acceptAll"), rejectAll: act("rejectAll"), save: act("save"), withdraw: act("withdraw"),
    emit: (name, { layer }) => calls.push([name, layer]),
    blocked: () => [...document.querySelectorAll("iframe[data-src]:not([src])")],
    allowOnce: (element) => { element.src = "about:blank"; ui.placeholders(); },
  };
}`;

async function bundle() {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("../src/ui/main.js", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    loader: { ".css": "text" },
  });
  return result.outputFiles[0].text;
}

/** @returns one browser; `open` gives a fresh page, `close` ends it */
export async function launch() {
  const script = await bundle();
  const profile = mkdtempSync(join(tmpdir(), "consent-ui-"));
  const child = spawn(
    /** @type {string} */ (browser),
    [
      "--headless",
      "--remote-debugging-pipe",
      "--disable-gpu",
      `--user-data-dir=${profile}`,
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const send = protocol(child.stdio);
  return {
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
    open: (options = {}) => page(send, script, options),
  };
}

/** Messages are JSON, each ended by a NUL. */
function protocol([, , , input, output]) {
  const waiting = new Map();
  let last = 0;
  let rest = "";
  output.setEncoding("utf8").on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    for (const message of messages.map((each) => JSON.parse(each))) {
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });
  return (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result, error }) => (error ? reject(error) : resolve(result)));
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}

const KEYS = { Tab: 9, Enter: 13, Escape: 27 };

async function page(send, script, { html = "", css = "", granted = [], gpc = false, texts = {} }) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const evaluate = async (expression) => {
    const params = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await send("Runtime.evaluate", params, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
    return result.value;
  };
  const press = async (key, shift = false) => {
    const params = { key, code: key, windowsVirtualKeyCode: KEYS[key], modifiers: shift ? 8 : 0 };
    const text = key === "Enter" ? { text: "\r" } : {};
    await send("Input.dispatchKeyEvent", { type: "keyDown", ...params, ...text }, sessionId);
    await send("Input.dispatchKeyEvent", { type: "keyUp", ...params }, sessionId);
  };
  const size = { width: 1000, height: 700, deviceScaleFactor: 1, mobile: false };
  await send("Emulation.setDeviceMetricsOverride", size, sessionId);
  const content = `<!doctype html><title>page</title><style>${css}</style><body>${html}</body>`;
  await send("Page.setDocumentContent", { frameId: targetId, html: content }, sessionId);
  await evaluate(`${CORE}
    window.consent = { ui: (mount, T) => { window.ui = mount(core(${JSON.stringify(granted)}, ${gpc}), T); } };
    ${script.replace("__CONSENT_TEXTS__", () => JSON.stringify({ ...TEXTS, ...texts }))}`);
  return { evaluate, press };
}
