import assert from "node:assert/strict";
import { test } from "node:test";
import {
  effective,
  grants,
  permits,
  pickLanguage,
  refused,
  switches,
  within,
} from "../src/policy.js";
import { facts } from "./facts.js";

const FACTS = facts();
const some = (...list) => grants(FACTS, within(list));

test("a service is granted only together with its category", () => {
  assert.deepEqual(some("analytics", ".ga4"), ["necessary", "analytics", ".consent", ".ga4"]);
  assert.deepEqual(some(".ga4"), ["necessary", ".consent"]);
});

test("a category with services is granted only with one of them, one without by itself", () => {
  assert.deepEqual(some("analytics"), ["necessary", ".consent"]);
  const bare = facts({ services: [] });
  assert.deepEqual(grants(bare, within(["analytics"])), ["necessary", "analytics"]);
});

test("what the policy lacks never gets in", () => {
  assert.deepEqual(some("tracking", ".tracker", "toString"), ["necessary", ".consent"]);
});

test("what is held back takes no effect, nor does a category in which nothing else is on", () => {
  const holding = /** @param {string[]} held */ (...held) => facts({ held_: held });
  const granted = some("analytics", ".ga4", "ma", ".hubspot");
  assert.deepEqual(effective(holding(), granted), granted);
  assert.deepEqual(effective(holding(".ga4"), granted), some("ma", ".hubspot"));
  assert.deepEqual(effective(holding(".youtube"), granted), granted);
});

test("both category and service must be granted where both are named", () => {
  const granted = some("analytics", ".ga4");
  assert.equal(permits(granted, "analytics"), true);
  assert.equal(permits(granted, "analytics", "ga4"), true);
  assert.equal(permits(granted, null, "ga4"), true);
  assert.equal(permits(granted, "ma", "ga4"), false);
  assert.equal(permits(granted, "analytics", "google_search_console"), false);
});

test("naming nothing, or something unknown, is denied", () => {
  const granted = grants(FACTS, () => true);
  for (const [category, service] of [
    [],
    ["", ""],
    ["unknown"],
    ["analytics", "unknown"],
    ["ga4"],
  ]) {
    assert.equal(permits(granted, category, service), false);
  }
});

test("a service that bears a category's name does not stand for it", () => {
  const twins = facts({
    services: [
      [".analytics", 4],
      [".other", 2],
    ],
  });
  const granted = grants(twins, within(["advertising", ".analytics"]));
  assert.equal(permits(granted, null, "analytics"), true);
  assert.equal(permits(granted, "analytics"), false);
});

test("the switches carry every id of the policy", () => {
  const { categories, services } = switches(FACTS, some("ma", ".hubspot"));
  assert.deepEqual(Object.keys(categories), FACTS.categories);
  assert.deepEqual(
    Object.keys(services),
    FACTS.services.map(([id]) => id.slice(1)),
  );
  assert.equal(categories.ma && services.hubspot && services.consent, true);
  assert.equal(categories.analytics || services.ga4, false);
});

test("cookies of refused services are found by pattern", () => {
  const names = ["_ga", "_ga_X1", "_gat_a", "_gax", "hubspotutk", "other"];
  assert.deepEqual(refused(FACTS, some(), 5, names), ["_ga", "_ga_X1", "_gat_a", "hubspotutk"]);
});

test("a cookie that a granted service also uses stays, and so do all of our own", () => {
  const shared = facts({
    services: [
      [".a", 2, 0, 0, 0, "_x.*|.*"],
      [".b", 4, 0, 0, 0, "_x1"],
    ],
  });
  const granted = grants(shared, within(["advertising", ".b"]));
  const names = ["_x1", "_x2", "consent", "consent.outbox"];
  assert.deepEqual(refused(shared, granted, 5, names), ["_x2"]);
});

test("a language is found by its tag, then by its primary language, wish by wish", () => {
  const available = ["ja", "en", "zh", "zh-TW", "fil"];
  assert.equal(pickLanguage(available, [undefined, "", "EN-us", "ja"]), "en");
  assert.equal(pickLanguage(available, ["zh-tw"]), "zh-TW");
  assert.equal(pickLanguage(available, ["zh-HK"]), "zh");
  assert.equal(pickLanguage(["ja", "en-GB"], ["en"]), "en-GB");
});

test("an unknown language, or one that only begins like another, gives the default", () => {
  assert.equal(pickLanguage(["ja", "fil"], ["fi", "xx"]), "ja");
});
