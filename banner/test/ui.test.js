/** The user interface in a real browser: what a visitor sees, and what the core is told. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { browser, launch } from "./ui-page.js";

const BUTTON = `(action) => {
  const { width, height, top } = document.querySelector("[data-consent-action=" + action + "]").getBoundingClientRect();
  const style = getComputedStyle(document.querySelector("[data-consent-action=" + action + "]"));
  return [Math.round(width), Math.round(height), Math.round(top), style.font, style.color, style.backgroundColor, style.borderColor, style.opacity].join();
}`;
const ANSWERS = `["reject-all", "accept-all", "settings"].map(${BUTTON})`;
const FOCUS = "document.activeElement.dataset.consentAction || document.activeElement.localName";
const FETCHED = `document.querySelectorAll("script[src$='en.preferences.js']").length`;
const click = (action) => `document.querySelector("[data-consent-action=${action}]").click()`;

const HOSTILE = `
  * { color: red !important; font: italic 30px serif !important; letter-spacing: 9px !important; direction: rtl !important;
      margin: 9px !important; transition: all 3s !important; text-transform: uppercase !important; }
  *::before { content: "X" !important; }
  button, body button { background: yellow !important; width: 7em !important; }
  #consent-root#consent-root [data-consent-action=reject-all] { display: none !important; opacity: .1 !important; }
  div, dialog { visibility: hidden !important; }`;

describe("the user interface", { skip: !browser && "no browser found" }, () => {
  /** @type {Awaited<ReturnType<typeof launch>>} */
  let chromium;
  before(async () => {
    chromium = await launch();
  });
  after(() => chromium.close());

  it("gives the three answers one size, font and contrast", async () => {
    const { evaluate } = await chromium.open();
    await evaluate("ui.show(1)");
    assert.equal(new Set(await evaluate(ANSWERS)).size, 1);
  });

  it("looks the same on a page that does its worst", async () => {
    const [clean, hostile] = [await chromium.open(), await chromium.open({ css: HOSTILE })];
    for (const { evaluate } of [clean, hostile]) await evaluate("ui.show(1)");
    assert.deepEqual(await hostile.evaluate(ANSWERS), await clean.evaluate(ANSWERS));
  });

  it("leaves the focus where it was when a bar appears", async () => {
    const { evaluate } = await chromium.open({ html: "<input id=field>" });
    await evaluate("field.focus(); ui.show(1)");
    assert.equal(await evaluate(FOCUS), "input");
  });

  it("builds the preferences only when they are asked for", async () => {
    const { evaluate } = await chromium.open();
    await evaluate("ui.show(1)");
    assert.equal(
      await evaluate("document.querySelectorAll('dialog, #consent-root input').length"),
      0,
    );
  });

  it("tells the core once what was pressed, and closes", async () => {
    for (const [action, verb] of [
      ["reject-all", "rejectAll"],
      ["accept-all", "acceptAll"],
    ]) {
      const { evaluate } = await chromium.open();
      await evaluate(`ui.show(1); ${click(action)}`);
      assert.deepEqual(await evaluate("calls"), [
        ["shown", 1],
        [verb, "banner"],
        ["hidden", 1],
      ]);
      assert.equal(
        await evaluate("document.querySelector('[role=status]').textContent"),
        "[saved]",
      );
    }
  });

  it("goes to the heading, round the dialog, and back to the opener", async () => {
    const { evaluate, press } = await chromium.open();
    await evaluate("ui.show(1); document.querySelector('[data-consent-action=settings]').focus()");
    await press("Enter");
    assert.equal(await evaluate(FOCUS), "h2");
    await press("Tab", true);
    assert.equal(await evaluate(FOCUS), "save");
    await press("Tab");
    assert.equal(await evaluate(FOCUS), "close");
    await press("Escape");
    assert.equal(await evaluate(FOCUS), "settings");
  });

  it("saves nothing when the preferences are closed", async () => {
    for (const leave of ["ui.hide()", click("close")]) {
      const { evaluate } = await chromium.open();
      await evaluate(`ui.show(2); document.querySelector("input").click(); ${leave}`);
      assert.deepEqual(await evaluate("calls"), [
        ["shown", 2],
        ["hidden", 2],
      ]);
    }
  });

  it("opens again at once after it was closed", async () => {
    const { evaluate } = await chromium.open();
    await evaluate(
      "ui.show(2); ui.hide(); ui.show(2); new Promise((done) => setTimeout(done, 50))",
    );
    await evaluate("ui.show(2)");
    assert.equal(await evaluate("document.querySelectorAll('dialog').length"), 1);
  });

  it("ticks nothing before a decision, and shows the stored one after it", async () => {
    const switches = `[...document.querySelectorAll("#consent-root input")]
      .map(({ value, checked, indeterminate }) => [value, indeterminate ? "mixed" : checked])`;
    const fresh = await chromium.open();
    assert.ok((await fresh.evaluate(`ui.show(2); ${switches}`)).every(([, on]) => on === false));
    const stored = await chromium.open({ granted: ["analytics", "ga4"] });
    assert.deepEqual(await stored.evaluate(`ui.show(2); ${switches}`), [
      ["analytics", "mixed"],
      ["ga4", true],
      ["clarity", false],
      ["ma", false],
      ["hubspot", false],
    ]);
  });

  it("saves what the switches say, a category with all its services", async () => {
    const { evaluate } = await chromium.open();
    await evaluate(`ui.show(2); document.querySelector("[value=analytics]").click();
      document.querySelector("[value=clarity]").click(); ${click("save")}`);
    const [, [, choice, source]] = await evaluate("calls");
    assert.deepEqual(choice, {
      categories: { analytics: true, ma: false },
      services: { ga4: true, clarity: false, hubspot: false },
    });
    assert.equal(source, "preferences");
  });

  it("names who acquires personal data beside the answer and at the switch", async () => {
    const { evaluate } = await chromium.open();
    await evaluate("ui.show(1); ui.show(2)");
    assert.match(
      await evaluate("document.querySelector('.consent-bar').innerText"),
      /HubSpot acquires/,
    );
    const described = `document.getElementById(document.querySelector("[value=hubspot]").getAttribute("aria-describedby")).innerText`;
    assert.match(await evaluate(described), /HubSpot acquires/);
  });

  it("calls unverified what nobody has verified", async () => {
    const { evaluate } = await chromium.open();
    await evaluate(
      "ui.show(2); for (const each of document.querySelectorAll('details')) each.open = true",
    );
    assert.match(
      await evaluate("document.querySelector('dl').innerText"),
      /_id\s+\[lifetime\]: \[unverified\]/,
    );
    const unknown = `document.querySelector("[value=clarity]").closest("article").querySelector("dl").innerText`;
    assert.match(await evaluate(unknown), /\[cookies\]\s+\[unverified\]/);
  });

  it("parses no text as HTML and follows no script address", async () => {
    const { evaluate } = await chromium.open();
    await evaluate("ui.show(2)");
    assert.equal(await evaluate("document.querySelectorAll('#consent-root b').length"), 0);
    assert.equal(
      await evaluate(`document.querySelectorAll('#consent-root [href^="javascript"]').length`),
      0,
    );
  });

  it("says that the browser's signal is honoured", async () => {
    const { evaluate } = await chromium.open({ gpc: true });
    await evaluate("ui.show(1)");
    assert.match(await evaluate("document.querySelector('.consent-bar').innerText"), /\[gpc\]/);
  });

  it("keeps the end of the page clear of the bar, and gives the room back", async () => {
    const { evaluate } = await chromium.open({
      html: "<div style='height:2000px'></div><a id=last href=#>x</a>",
    });
    await evaluate(
      "ui.show(1); new Promise((done) => requestAnimationFrame(() => setTimeout(done)))",
    );
    await evaluate("last.focus()");
    const below = `last.getBoundingClientRect().bottom - document.querySelector(".consent-bar").getBoundingClientRect().top`;
    assert.ok((await evaluate(below)) <= 0);
    await evaluate("ui.hide()");
    assert.equal(await evaluate("document.documentElement.style.cssText"), "");
  });

  it("stands in for a blocked frame, in its place and size, until it is allowed", async () => {
    const { evaluate } = await chromium.open({
      html: "<iframe id=film data-service=ga4 data-src=x width=400 height=200></iframe>",
    });
    await evaluate("ui.placeholders(); ui.placeholders()");
    assert.deepEqual(
      await evaluate(
        `[...document.querySelectorAll(".consent-slot")].map((slot) => [slot.innerText.slice(0, 17), slot.offsetWidth])`,
      ),
      [["Show Service ga4?", 404]],
    );
    assert.equal(await evaluate("film.getClientRects().length"), 0);
    await evaluate(click("allow-once"));
    assert.equal(
      await evaluate("document.querySelectorAll('.consent-slot').length + film.offsetWidth"),
      404,
    );
  });

  it("asks for the service alone when a frame is allowed for good", async () => {
    const { evaluate } = await chromium.open({
      html: "<iframe data-service=ga4 data-src=x></iframe>",
    });
    await evaluate(`ui.placeholders(); ${click("allow-always")}`);
    assert.deepEqual(await evaluate("calls"), [["save", { services: { ga4: true } }, "banner"]]);
  });

  it("opens the preferences once they have come, however often they were asked for", async () => {
    const { evaluate } = await chromium.open({ failures: 0 });
    await evaluate(`ui.show(1); ${click("settings")}; ${click("settings")}; ui.show(2)`);
    assert.deepEqual(await evaluate("calls"), [["shown", 1]]);
    await evaluate("until(() => calls.length > 1)");
    assert.deepEqual(await evaluate("calls"), [
      ["shown", 1],
      ["shown", 2],
    ]);
    assert.equal(await evaluate("document.querySelectorAll('dialog').length"), 1);
    assert.equal(await evaluate(FETCHED), 1);
  });

  it("fetches the preferences when the pointer or the focus comes near, and opens nothing", async () => {
    for (const event of ["pointerenter", "focusin"]) {
      const { evaluate } = await chromium.open({ failures: 0 });
      await evaluate(`ui.show(1); const near = new Event("${event}");
        document.querySelector("[data-consent-action=settings]").dispatchEvent(near);
        until(() => document.adoptedStyleSheets.length > 1)`);
      assert.equal(await evaluate("document.querySelectorAll('dialog').length"), 0);
      await evaluate(click("settings"));
      assert.equal(await evaluate(FOCUS), "h2");
      assert.equal(await evaluate(FETCHED), 1);
    }
  });

  it("lives on when the preferences do not come, and asks again at the next click", async () => {
    const { evaluate } = await chromium.open({ failures: 1 });
    const failed = `new Promise((done) => document.head.lastChild.addEventListener("error", () => done()))`;
    await evaluate(`ui.show(1); ${click("settings")}; ${failed}`);
    assert.deepEqual(await evaluate("calls"), [["shown", 1]]);
    await evaluate(`${click("settings")}; until(() => calls.length > 1)`);
    assert.equal(await evaluate(FOCUS), "h2");
    assert.equal(await evaluate(FETCHED), 2);
  });

  it("opens nothing that the visitor no longer waits for", async () => {
    const { evaluate } = await chromium.open({ failures: 0 });
    await evaluate(`ui.show(1); ${click("settings")}; ${click("reject-all")};
      until(() => document.adoptedStyleSheets.length > 1)`);
    assert.deepEqual((await evaluate("calls")).at(-1), ["hidden", 1]);
  });

  it("leaves no new name on the window", async () => {
    const names = "[Object.keys(window).join(), Object.keys(window.consent).join()]";
    const { evaluate } = await chromium.open({ failures: 0 });
    const before = await evaluate(names);
    await evaluate("ui.show(2); until(() => calls.length)");
    assert.deepEqual(await evaluate(names), before);
  });
});
