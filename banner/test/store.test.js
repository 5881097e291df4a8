import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { newPage } from "./browser.js";
import { facts } from "./facts.js";

const { open } = await import("../src/page.js");
const { everything, nothing } = await import("../src/decision.js");
const { compose } = await import("../src/cookie.js");
const { sweep } = await import("../src/cleanup.js");
const store = await import("../src/store.js");

const FACTS = facts();
/** @type {ReturnType<typeof newPage>} */
let page;

beforeEach(() => {
  page = newPage();
  open(FACTS);
  store.load();
});

function accept() {
  store.decide("accept_all", everything(FACTS));
  store.save(true);
}

test("without a stored decision everything is denied and nothing is written", () => {
  assert.equal(store.state().decided, false);
  assert.equal(store.state().decision, null);
  assert.deepEqual(store.current.g, nothing(FACTS));
  store.save();
  assert.deepEqual(page.jar.keys, []);
  assert.deepEqual(Object.keys(page.localStorage), ["broken"]);
});

test("the cookie goes to the widest domain that takes it, which co.jp does not", () => {
  accept();
  assert.deepEqual(page.jar.keys, ["consent shop.co.jp /"]);
  const [{ age }] = page.jar.kept.values();
  assert.equal(age, FACTS.days_ * 86400);
});

test("an older copy on a narrower domain does not survive a new decision", () => {
  page.jar.text = "consent=old; Path=/; Max-Age=10";
  accept();
  assert.deepEqual(page.jar.keys, ["consent shop.co.jp /"]);
});

test("cookie and mirror agree, and either alone is enough", () => {
  accept();
  const text = page.localStorage.getItem("consent");
  assert.equal(text, `${document.cookie.slice(8)}&k=${Math.floor(Date.now() / 86_400_000)}`);
  page.localStorage.removeItem("consent");
  store.load();
  assert.equal(store.state().decision, "accept_all");
  store.save();
  assert.equal(page.localStorage.getItem("consent"), text);
  page.jar.kept.clear();
  store.load();
  assert.equal(store.state().decision, "accept_all");
});

test("where cookie and mirror disagree the stricter wins", () => {
  accept();
  const refusal = compose(FACTS, { ...store.current, d: "reject_all", g: nothing(FACTS) });
  page.localStorage.setItem("consent", refusal);
  store.load();
  assert.deepEqual(store.current.g, nothing(FACTS));
});

test("a refusal is read back as a refusal, not as no data", () => {
  store.decide("reject_all", nothing(FACTS));
  store.load();
  assert.equal(store.state().decided, true);
  assert.equal(store.state().categories.analytics, false);
});

test("a cookie set by HTTP is not shortened by the script, a missing one is written", () => {
  open(facts({ http_: 1 }));
  accept();
  for (const cookie of page.jar.kept.values()) cookie.age = 1;
  store.save();
  assert.deepEqual(
    [...page.jar.kept.values()].map(({ age }) => age),
    [1],
  );
  page.jar.kept.clear();
  store.save();
  assert.equal(page.jar.kept.size, 1);
});

test("another tab's decision is taken over once, and no answer is not a decision", () => {
  accept();
  assert.equal(store.refresh(), false);
  const later = {
    ...store.current,
    t: Number(store.current.t) + 1,
    d: "reject_all",
    g: nothing(FACTS),
  };
  page.localStorage.setItem("consent", compose(FACTS, later));
  assert.equal(store.refresh(), true);
  assert.equal(store.refresh(), false);
  page.localStorage.removeItem("consent");
  page.jar.kept.clear();
  assert.equal(store.refresh(), false);
  assert.equal(store.state().decision, "reject_all");
});

test("where storage and cookies throw the decision lives as long as the page", (t) => {
  t.mock.method(console, "warn", () => {});
  page.localStorage.broken = true;
  page.jar.broken = true;
  store.load();
  assert.equal(store.state().decided, false);
  accept();
  assert.equal(store.state().decided, true);
  sweep();
});

test("refused services lose their cookies on every domain and path, and their keys", () => {
  for (const [name, domain, path] of [
    ["_ga", "shop.co.jp", "/"],
    ["_ga", "www.shop.co.jp", "/a"],
    ["_fbp", "shop.co.jp", "/a/b"],
    ["hubspotutk", "www.shop.co.jp", "/a/"],
    ["basket", "shop.co.jp", "/"],
  ]) {
    page.jar.text = `${name}=1; Path=${path}; Max-Age=9; Domain=${domain}`;
  }
  open(facts({ services: [...FACTS.services, [".chat", 1, 0, 0, 0, 0, "chat\\..*"]] }));
  for (const area of [page.localStorage, page.sessionStorage]) {
    area.setItem("chat.id", "1");
    area.setItem("chatter", "1");
  }
  store.decide("reject_all", nothing(FACTS));
  sweep();
  assert.deepEqual(page.jar.keys, ["basket shop.co.jp /"]);
  assert.equal(
    page.localStorage.getItem("chat.id") ?? page.sessionStorage.getItem("chat.id"),
    null,
  );
  assert.equal(page.sessionStorage.getItem("chatter"), "1");
});

test("granted services keep theirs", () => {
  page.jar.text = "_ga=1; Path=/; Max-Age=9";
  accept();
  sweep();
  assert.ok(page.jar.keys.includes("_ga www.shop.co.jp /"));
});

test("a good cookie is written once a day, not on every page", (t) => {
  accept();
  const written = t.mock.method(globalThis.localStorage, "setItem").mock;
  store.load();
  store.save();
  assert.equal(written.callCount(), 0);
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 86_400_000 });
  store.save();
  store.save();
  assert.equal(written.callCount(), 1);
});

test("a foreign receipt is none, and the token outlives the page in the cookie", (t) => {
  t.mock.method(console, "warn", () => {});
  for (const text of ["{", "null", "[]", '{"visitor":"x"}']) {
    page.localStorage.setItem("consent.receipt", text);
    assert.equal(store.receipt(), null);
  }
  accept();
  store.token("t0ken");
  store.load();
  assert.equal(store.token(), "t0ken");
});
