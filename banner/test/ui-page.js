/**
 * A page in a real browser with the user interface on it and a core that only writes down what it
 * is asked to do; a server of its own plays the platform. Speaks the DevTools protocol over a pipe,
 * so that nothing has to be installed.
 */
import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { DETAILS, TEXTS } from "./ui-words.js";

const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "chrome",
];

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
    gpc, receipt: () => null,
    allows: (category, service) => category === "necessary" || granted.includes(service || category),
    by: (source) => Object.fromEntries(["acceptAll", "rejectAll", "save", "withdraw"].map((name) =>
      [name, (...choice) => act(name)(...choice, source)])),
    state: () => ({ decided: false }),
    desk: [{}, () => {}, () => "", () => {}, () => [], () => "", () => null, () => {}],
    // What is not of the API comes beside it.
    stage: [
      () => host,
      (name, { layer }) => calls.push([name, layer]),
      () => [...document.querySelectorAll("iframe[data-src]:not([src])")],
      (element) => { element.src = "about:blank"; ui.placeholders(); },
    ],
  };
}`;

/** @param {string} entry */
async function bundle(entry) {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(`../src/ui/${entry}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    loader: { ".css": "text" },
  });
  return result.outputFiles[0].text;
}

/**
 * Serves the two chunks as the platform does, `/<page>/en.js` and `/<page>/en.preferences.js`; the
 * second one comes only after it has failed as often as the page wants.
 */
async function serve() {
  const [first, second] = await Promise.all([bundle("main.js"), bundle("second.js")]);
  const pages = [];
  const server = createServer(({ url }, response) => {
    const [, number, name] = url.split("/");
    const page = pages[number];
    const isSecond = name === "en.preferences.js";
    const fails = isSecond && page.failures-- > 0;
    response.writeHead(fails ? 404 : 200, { "Content-Type": "text/javascript" });
    const [source, token, texts] = isSecond
      ? [second, "__CONSENT_DETAILS__", DETAILS]
      : [first, "__CONSENT_TEXTS__", { ...TEXTS, ...page.texts }];
    response.end(source.replace(token, () => JSON.stringify(texts)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    add: (page) => `http://127.0.0.1:${port}/${pages.push(page) - 1}/en.js`,
    close: () => server.close(),
  };
}

/** @returns one browser; `open` gives a fresh page, `close` ends it */
export async function launch() {
  const platform = await serve();
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
      await send("Browser.close"); // a signal would end a distribution's wrapper script alone
      await ended;
      platform.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
    },
    open: (options = {}) => page(send, platform, options),
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

/** With `failures` the second chunk is left to the test; otherwise it is here before the test begins. */
async function page(send, platform, options) {
  const { html = "", css = "", granted = [], gpc = false, texts = {}, failures } = options;
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
    function until(test) {
      return new Promise((done) => { (function look() { test() ? done() : setTimeout(look, 5); })(); });
    }
    window.consent = { ui: (mount, T) => { const { stage, desk, ...api } = core(${JSON.stringify(granted)}, ${gpc}); window.ui = mount(api, T, stage, desk); } };
    document.head.append(Object.assign(document.createElement("script"),
      { src: ${JSON.stringify(platform.add({ texts, failures }))} }));
    until(() => window.ui)`);
  if (failures === undefined) {
    await evaluate("ui.show(2); until(() => calls.length)");
    await evaluate("ui.hide(); calls = []; 0");
  }
  return { evaluate, press };
}
