import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement, defaults, types } from "../src/consentmode.js";
import { everything, nothing } from "../src/decision.js";
import { facts } from "./facts.js";

const ADS = ["ad_storage", "ad_user_data", "ad_personalization"];

test("all seven types are always there", () => {
  for (const granted of [[], ["analytics"], everything(facts())]) {
    assert.equal(Object.keys(types(granted)).length, 7);
  }
});

test("a category grants its own types and no others", () => {
  const granted = (category) =>
    Object.entries(types([category])).flatMap(([type, value]) => (value === "granted" ? type : []));
  assert.deepEqual(granted("advertising"), [...ADS, "security_storage"]);
  assert.deepEqual(granted("analytics"), ["analytics_storage", "security_storage"]);
  assert.deepEqual(granted("functional"), [
    "functionality_storage",
    "personalization_storage",
    "security_storage",
  ]);
  assert.deepEqual(granted("ma"), ["security_storage"]);
});

const commands = (mode) => {
  const said = [];
  defaults(mode, (...command) => said.push(command));
  return said;
};

test("the default denies everything but security, and waits as the policy says", () => {
  const [[, , denied]] = commands([0, 500, 0, 0]);
  assert.equal(denied.wait_for_update, 500);
  const granted = Object.keys(denied).filter((type) => denied[type] === "granted");
  assert.deepEqual(granted, ["security_storage"]);
});

test("redaction and pass-through are set only where the policy asks for them", () => {
  const set = (mode) => commands(mode).map(([, name]) => name);
  assert.deepEqual(set([0, 500, 0, 0]), ["default"]);
  assert.deepEqual(set([1, 500, 1, 0]), ["default", "ads_data_redaction"]);
  assert.deepEqual(set([0, 500, 0, 1]), ["default", "url_passthrough"]);
});

test("broken facts still deny", () => {
  assert.equal(commands([])[0][2].ad_storage, "denied");
});

test("the announcement wraps every category in commas and names no necessary one", () => {
  const said = (granted) => announcement(granted, "banner");
  assert.deepEqual(said(everything(facts())), {
    event: "consent_update",
    consent_categories: ",functional,analytics,ma,advertising,",
    consent_source: "banner",
  });
  assert.equal(said(nothing(facts())).consent_categories, ",,");
});
