import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { newPage, platform } from "./browser.js";
import { facts } from "./facts.js";

const { everything, nothing } = await import("../src/decision.js");
const outbox = await import("../src/outbox.js");
const { read, unpack, write } = await import("../src/storage.js");
const store = await import("../src/store.js");
const { postman } = await import("../src/ui/delivery.js");

const FACTS = facts();
const accepted = platform.answer;
const refuse = (status, code) => () => [status, { status, code }];
const waiting = () => JSON.parse(localStorage.getItem("consent.outbox") || "[]");
const turn = () => new Promise((done) => setImmediate(done));

const { receipt, token } = store;
let deliver;

beforeEach(() => {
  newPage();
  store.load();
  platform.answer = accepted;
  const desk = [FACTS, outbox.post, read, write, unpack, token, receipt];
  deliver = postman(desk, "https://consent.example.test/api/v1/sites/key/records");
});

/** As the core does it: what is posted is the state of that moment. */
function post(decision, source, granted) {
  store.decide(decision, granted);
  outbox.post(decision, source);
}

test("a record carries every switch and what was shown, and a UUIDv7", async () => {
  post("accept_all", "banner", everything(FACTS));
  await deliver();
  const [record] = platform.received;
  assert.match(
    record.record_id,
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.ok(
    Math.abs(parseInt(record.record_id.replace("-", "").slice(0, 12), 16) - Date.now()) < 5000,
  );
  assert.equal(Object.keys(record.services).length, FACTS.services.length);
  assert.deepEqual(
    { ...record, record_id: 0, categories: 0, services: 0, client_time: 0 },
    {
      record_id: 0,
      decision: "accept_all",
      source: "banner",
      categories: 0,
      services: 0,
      policy_version: FACTS.version_,
      language: "en",
      page_path: "/a/b",
      gpc: false,
      client_time: 0,
      script: FACTS.build_,
      visitor: null,
    },
  );
  assert.deepEqual(waiting(), []);
  assert.equal(store.receipt().record_id, record.record_id);
});

test("a record is kept before it is sent", () => {
  post("reject_all", "api", nothing(FACTS));
  assert.equal(waiting().length, 1);
  assert.equal(platform.received.length, 0);
});

test("nothing is lost on trouble, and the same record is sent again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const trouble of [refuse(503), refuse(429), refuse(408), refuse(200), () => [0]]) {
    platform.answer = trouble;
    post("reject_all", "banner", nothing(FACTS));
    await deliver();
    assert.equal(waiting().length, 1);
    platform.answer = accepted;
    await deliver();
    assert.deepEqual(waiting(), []);
    const [first, again] = platform.received.splice(0);
    assert.deepEqual(first, again);
  }
});

test("pauses grow, and end at five minutes", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  platform.answer = refuse(503);
  post("reject_all", "banner", nothing(FACTS));
  await deliver();
  for (const seconds of [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]) {
    const before = platform.received.length;
    t.mock.timers.tick(seconds * 1000 - 1);
    await turn();
    assert.equal(platform.received.length, before);
    t.mock.timers.tick(1);
    await turn();
    assert.equal(platform.received.length, before + 1);
  }
  platform.answer = accepted;
  await deliver();
});

test("the first answer's token goes into the next record, never into one already sent", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  post("accept_all", "banner", everything(FACTS));
  post("withdraw", "api", nothing(FACTS));
  await deliver();
  assert.deepEqual(
    platform.received.map(({ visitor }) => visitor),
    [null, "token-1"],
  );
});

test("an invalid token is dropped and the record goes without one", async () => {
  store.decide("accept_all", everything(FACTS));
  store.token("stale");
  platform.answer = (record) =>
    record.visitor ? refuse(400, "visitor_token_invalid")() : accepted(record);
  post("withdraw", "api", nothing(FACTS));
  await deliver();
  assert.deepEqual(
    platform.received.map(({ visitor }) => visitor),
    ["stale", null],
  );
  assert.equal(store.token(), "token-1");
  assert.deepEqual(waiting(), []);
});

test("an implausible time is sent once more without it", async () => {
  platform.answer = (record) =>
    record.client_time ? refuse(422, "client_time_implausible")() : accepted(record);
  post("reject_all", "api", nothing(FACTS));
  await deliver();
  assert.equal(platform.received.length, 2);
  assert.deepEqual(waiting(), []);
});

test("a refused record is kept, not tried again on this page, and not sent with our mark", async () => {
  platform.answer = refuse(422, "body_invalid");
  post("reject_all", "api", nothing(FACTS));
  await deliver();
  await deliver();
  assert.equal(platform.received.length, 1);
  const [letter] = waiting();
  assert.ok(letter.until > Date.now() / 1000 + 29 * 86400);
  assert.equal("until" in platform.received[0], false);
});

test("a refused record does not hold up the next", async () => {
  platform.answer = (record) =>
    record.source === "api" ? refuse(403, "origin_unknown")() : accepted(record);
  post("reject_all", "api", nothing(FACTS));
  post("reject_all", "banner", nothing(FACTS));
  await deliver();
  assert.deepEqual(
    waiting().map(({ source }) => source),
    ["api"],
  );
});

test("a refused record is thrown away after thirty days, an unsent one never", async () => {
  const old = { record_id: "a", visitor: null, until: 1 };
  const unsent = { record_id: "b", client_time: "2020-01-01T00:00:00.000Z" };
  localStorage.setItem("consent.outbox", JSON.stringify([old, unsent]));
  await deliver();
  assert.deepEqual(
    platform.received.map(({ record_id }) => record_id),
    ["b"],
  );
  assert.deepEqual(waiting(), []);
});

test("a damaged outbox is empty, and the next record goes out", async (t) => {
  t.mock.method(console, "warn", () => {});
  for (const text of ["{", "{}", "[null]", "7"]) {
    localStorage.setItem("consent.outbox", text);
    post("reject_all", "api", nothing(FACTS));
    await deliver();
  }
  assert.equal(platform.received.length, 4);
});

test("without localStorage the record is still sent", async (t) => {
  t.mock.method(console, "warn", () => {});
  localStorage.broken = true;
  post("reject_all", "api", nothing(FACTS));
  await deliver();
  assert.equal(platform.received.length, 1);
});

test("where fetch is broken a beacon goes out, as a string, and the record stays", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const beacons = [];
  navigator.sendBeacon = (_url, body) => beacons.push(body);
  globalThis.fetch = () => {
    throw new TypeError("patched");
  };
  post("reject_all", "api", nothing(FACTS));
  await deliver();
  assert.equal(typeof beacons[0], "string");
  assert.equal(waiting().length, 1);
});
