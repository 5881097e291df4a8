import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum, compose, parse, stricter } from "../src/cookie.js";
import { everything, nothing } from "../src/decision.js";
import { grants, within } from "../src/policy.js";
import { facts } from "./facts.js";

const FACTS = facts();
const NOW = 1_700_000_000;
const STATE = {
  p: "0123456789abcdef",
  t: NOW - 10,
  e: NOW + 1000,
  d: "custom",
  i: "to-ken.1_x",
  g: grants(FACTS, within(["analytics", ".ga4", "ma", ".hubspot"])),
};
const TEXT = compose(FACTS, STATE);
const [BODY] = TEXT.split("&k=");
const signed = (body, key_ = FACTS.key_) => `${body}&k=${checksum({ key_ }, body)}`;
const body = (changes) =>
  BODY.replace(/(\w)=([^&]*)/g, (all, name) =>
    name in changes ? `${name}=${changes[name]}` : all,
  );

test("the checksum agrees with the server's", () => {
  const text =
    "v=1&p=0123456789abcdef&m=1&t=1700000000&e=1800000000&d=custom&g=necessary~analytics~.consent~.ga4&i=";
  assert.equal(checksum({ key_: "site" }, text), "70ec2efb");
  assert.notEqual(checksum({ key_: "other" }, text), "70ec2efb");
});

test("the text is readable", () => {
  assert.equal(
    BODY,
    `v=1&p=0123456789abcdef&m=3&t=${NOW - 10}&e=${NOW + 1000}&d=custom&g=necessary~analytics~ma~.consent~.ga4~.hubspot&i=to-ken.1_x`,
  );
});

test("a text read and written again is the same", () => {
  const read = parse(FACTS, TEXT, NOW);
  assert.deepEqual(read.g, STATE.g);
  assert.equal(compose(FACTS, read), TEXT);
});

test("everything granted, with long ids, stays under a kilobyte", () => {
  const text = compose(FACTS, { ...STATE, g: everything(FACTS), i: "x".repeat(200) });
  assert.ok(text.length < 1024);
});

test("a changed, cut off, foreign or unreadable text is no decision", () => {
  const bad = [
    "",
    "null",
    '{"analytics":true}',
    "%E0%A4%A",
    TEXT.slice(0, -1),
    TEXT.replace("~ma", "~ma~advertising"),
    TEXT.replace("d=custom", "d=accept_all"),
    signed(BODY, "other"),
  ];
  for (const text of bad) assert.equal(parse(FACTS, text, NOW), undefined, text);
});

test("another format version, another material version and no decision are no decision", () => {
  assert.ok(parse(FACTS, signed(body({})), NOW));
  for (const changes of [{ v: 2 }, { m: 2 }, { m: 4 }, { m: "x" }, { d: "" }]) {
    assert.equal(parse(FACTS, signed(body(changes)), NOW), undefined, JSON.stringify(changes));
  }
});

test("a decision ends with its time, and may come from a clock one day ahead, no more", () => {
  assert.ok(parse(FACTS, signed(body({ t: NOW + 86400, e: NOW + 1 })), NOW));
  for (const changes of [{ e: NOW }, { t: NOW + 86401 }, { t: "x" }, { e: "x" }, { e: "" }]) {
    assert.equal(parse(FACTS, signed(body(changes)), NOW), undefined, JSON.stringify(changes));
  }
});

test("ids the policy lacks are ignored, and a service without its category is denied", () => {
  const read = parse(FACTS, signed(body({ g: "analytics~gone~.ga4~.gone~.hubspot" })), NOW);
  assert.deepEqual(read.g, ["necessary", "analytics", ".consent", ".ga4"]);
});

test("of two copies only what both grant is granted", () => {
  const other = { ...STATE, t: NOW, i: "", g: grants(FACTS, within(["ma", ".hubspot"])) };
  for (const both of [stricter(FACTS, STATE, other), stricter(FACTS, other, STATE)]) {
    assert.deepEqual(both.g, ["necessary", "ma", ".consent", ".hubspot"]);
    assert.equal(both.t, NOW);
    assert.equal(both.i, STATE.i);
  }
  assert.deepEqual(stricter(FACTS, STATE, { ...STATE, g: nothing(FACTS) }).g, nothing(FACTS));
});
