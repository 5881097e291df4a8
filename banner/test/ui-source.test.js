/** What can be seen from the source of the user interface without running it. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { it } from "node:test";

const SOURCE = new URL("../src/ui/", import.meta.url);
const LOCALES = new URL("../../consent/locales/banner/", import.meta.url);

const read = (/** @type {string} */ name) => readFileSync(new URL(name, SOURCE), "utf8");
const scripts = readdirSync(SOURCE).filter((name) => name.endsWith(".js"));
const style = ["style.css", "preferences.css"]
  .map(read)
  .join("")
  .replace(/\/\*[\s\S]*?\*\//g, "");

/** Keys under `t:` of a locale file, which is flat there. */
function keys(/** @type {string} */ name) {
  const [, texts] = readFileSync(new URL(name, LOCALES), "utf8").split(/^(?:t|categories):$/m);
  return [...texts.matchAll(/^ {2}"?(\w+)"?:/gm)].map(([, key]) => key);
}

it("never parses text as HTML or code", () => {
  for (const name of scripts) {
    assert.doesNotMatch(
      read(name),
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval|new Function/,
      name,
    );
  }
});

it("says nothing that the languages have no text for", () => {
  const used = scripts.flatMap((name) =>
    [...read(name).matchAll(/\bt\.(\w+)/g)].map(([, key]) => key),
  );
  assert.ok(used.length > 30);
  for (const locale of readdirSync(LOCALES)) {
    const known = keys(locale);
    assert.deepEqual(
      used.filter((key) => !known.includes(key)),
      [],
      locale,
    );
  }
});

it("works from right to left: no physical side in the style sheet", () => {
  assert.doesNotMatch(
    style,
    /[\s-](left|right|top|bottom)\s*:|(margin|padding|border)-(left|right|top|bottom)|text-align:\s*(left|right)/,
  );
});

it("appears finished: nothing moves or fades", () => {
  assert.doesNotMatch(style, /animation|transition|@keyframes/);
});

it("has no rule for one answer alone", () => {
  assert.doesNotMatch(style, /accept|reject|data-consent-action|:nth|:first|:last/);
});

it("can make every declaration important: no string hides a semicolon or brace", () => {
  for (const [text] of style.matchAll(/"[^"]*"/g)) assert.doesNotMatch(text, /[;{}]/);
});
