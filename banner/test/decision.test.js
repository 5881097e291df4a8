import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, everything, nothing } from "../src/decision.js";
import { facts } from "./facts.js";

const FACTS = facts();
const NOTHING = nothing(FACTS);
const choose = (choice, current = NOTHING) => chosen(FACTS, current, choice);

test("accepting grants everything, rejecting only what is necessary", () => {
  assert.equal(everything(FACTS).length, FACTS.categories.length + FACTS.services.length);
  assert.deepEqual(NOTHING, ["necessary", ".consent"]);
});

test("a category takes all its services along", () => {
  assert.deepEqual(choose({ categories: { analytics: true } }), [
    "necessary",
    "analytics",
    ".consent",
    ".ga4",
    ".google_search_console",
  ]);
});

test("a single service turns its category on, and off with the last one", () => {
  const one = choose({ services: { ga4: true } });
  assert.deepEqual(one, ["necessary", "analytics", ".consent", ".ga4"]);
  assert.deepEqual(choose({ services: { ga4: false } }, one), NOTHING);
});

test("what is not named keeps its value", () => {
  const before = choose({ services: { youtube: true } });
  assert.ok(choose({ services: { ga4: true } }, before).includes(".youtube"));
  assert.deepEqual(choose({}, before), before);
});

test("a refused category refuses its services whatever is said of them", () => {
  const choice = { categories: { analytics: false }, services: { ga4: true } };
  assert.deepEqual(choose(choice, everything(FACTS)).includes(".ga4"), false);
});

test("necessary cannot be refused", () => {
  const choice = { categories: { necessary: false }, services: { consent: false } };
  assert.deepEqual(choose(choice), NOTHING);
});

test("only true grants: neither truthy values nor inherited ones do", () => {
  for (const value of [1, "true", "false", {}, []]) {
    assert.deepEqual(
      choose({ categories: { analytics: value }, services: { ga4: value } }),
      NOTHING,
    );
  }
  assert.deepEqual(choose({ categories: Object.create({ analytics: true }) }), NOTHING);
});

test("a polluted prototype grants nothing", (t) => {
  t.after(() => {
    delete Object.prototype.analytics;
    delete Object.prototype.ga4;
  });
  Object.assign(Object.prototype, { analytics: true, ga4: true });
  assert.deepEqual(choose({ categories: {}, services: {} }), NOTHING);
});
