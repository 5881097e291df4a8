/**
 * The browser's rim as far as the core touches it without a document: cookies with domains and
 * paths, localStorage, a location, a dataLayer, a platform that answers. Import it before the sources.
 */
import { facts } from "./facts.js";

const PUBLIC_SUFFIXES = ["jp", "co.jp", "test"];

/** Cookies as a browser keeps them: by name, domain and path, public suffixes refused. */
export class Jar {
  /** @type {Map<string, {pair: string, domain: string, path: string, age: number}>} */
  kept = new Map();
  broken = false;

  get text() {
    if (this.broken) throw new Error("SecurityError");
    const { hostname, pathname } = location;
    const visible = [...this.kept.values()].filter(
      ({ domain, path }) => `.${hostname}`.endsWith(`.${domain}`) && pathname.startsWith(path),
    );
    return visible.map(({ pair }) => pair).join("; ");
  }

  set text(line) {
    if (this.broken) throw new Error("SecurityError");
    const [pair, ...rest] = line.split("; ");
    const attributes = Object.fromEntries(rest.map((part) => part.split("=")));
    const domain = attributes.Domain ?? location.hostname;
    const known = `.${location.hostname}`.endsWith(`.${domain}`);
    if (!known || PUBLIC_SUFFIXES.includes(domain)) return;
    const key = [pair.split("=")[0], domain, attributes.Path].join(" ");
    if (attributes["Max-Age"] === "0") this.kept.delete(key);
    else this.kept.set(key, { pair, domain, path: attributes.Path, age: +attributes["Max-Age"] });
  }

  /** @returns {string[]} `name domain path` of every cookie */
  get keys() {
    return [...this.kept.keys()].sort();
  }
}

/** A Storage; set `broken` to make it throw as a blocked one does. */
export class Drawers {
  /** @type {Map<string, string>} */
  #items = new Map();
  broken = false;

  #open() {
    if (this.broken) throw new Error("SecurityError");
    return this.#items;
  }
  getItem(key) {
    return this.#open().get(key) ?? null;
  }
  setItem(key, value) {
    this.#open().set(key, value);
    Object.defineProperty(this, key, { value, enumerable: true, configurable: true });
  }
  removeItem(key) {
    this.#open().delete(key);
    delete this[key];
  }
}

/** What the platform was sent, and what it answers next. */
export const platform = {
  /** @type {Record<string, any>[]} */
  received: [],
  /** @type {(record: Record<string, any>) => [status: number, body: object]} */
  answer: (record) => [201, { record_id: record.record_id, visitor: "token-1" }],
};

async function fetch(_url, { body }) {
  const record = JSON.parse(body);
  platform.received.push(record);
  const [status, answer] = platform.answer(record);
  if (!status) throw new TypeError("Failed to fetch");
  return { status, ok: status < 300, json: async () => answer };
}

const tag = {
  dataset: { lang: "en" },
  nonce: "n0nce",
  src: "https://consent.example.test/b/key.js",
};

// What the build defines.
globalThis.EARLY = false;
globalThis.HELD = false;

let jar = new Jar();

/** One object for all pages: the sources hold on to it. */
const document = {
  currentScript: tag,
  documentElement: { lang: "ja" },
  get cookie() {
    return jar.text;
  },
  set cookie(line) {
    jar.text = line;
  },
};

/** A new page: nothing stored, at `https://www.shop.co.jp/a/b`. */
export function newPage() {
  jar = new Jar();
  const page = {
    jar,
    localStorage: new Drawers(),
    sessionStorage: new Drawers(),
    location: { hostname: "www.shop.co.jp", protocol: "https:", pathname: "/a/b" },
    dataLayer: [],
    fetch,
  };
  Object.assign(globalThis, page, { window: globalThis, document });
  const navigator = { languages: ["ja"] };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  platform.received.length = 0;
  return page;
}

newPage();
const { open } = await import("../src/page.js");
open(facts());
