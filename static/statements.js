/**
 * Puts a site's statements into its own pages:
 *
 *   <div data-consent-statement="external-transmission"><a href="https://…/statements/KEY/external-transmission">…</a></div>
 *   <script src="https://…/static/statements.js" data-site="KEY" async></script>
 *
 * What stands in the element stays until the statement has come, and where it does not come. Text is set as text, so no
 * statement can bring markup; nothing is styled: the page's own style sheet does that (classes `consent-statement…`).
 */
(() => {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  const platform = script.src.replace(/\/static\/statements\.js(\?.*)?$/, "");
  const site = script.dataset.site || "";

  /**
   * @param {string} name
   * @param {Record<string, string>} attributes
   * @param {...(Node | string)} children
   */
  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  /** Only addresses of the web: a policy cannot make a link that runs something. */
  const safe = (url) => /^https?:\/\//i.test(url);

  const valueOf = ({ text, url, code }) => {
    if (url && safe(url)) return make("dd", {}, make("a", { href: url }, text));
    return make("dd", {}, code ? make("code", {}, text) : text);
  };

  const factOf = ({ label, values, code }) => [
    make("dt", {}, code ? make("code", {}, label) : label),
    ...values.map(valueOf),
  ];

  const sectionOf = ({ id, title, facts }, level) =>
    make(
      "section",
      { class: "consent-statement-section", "data-consent-section": id },
      make(`h${level + 1}`, {}, title),
      make("dl", {}, ...facts.flatMap(factOf)),
    );

  const noteOf = (text) => make("p", {}, text);

  /** What holds now is known to this page alone. */
  const showChoices = (root, words) => {
    const consent = window.consent;
    if (!consent || typeof consent.state !== "function") return;
    const decided = consent.state().decided;
    for (const each of root.querySelectorAll("[data-consent-section]")) {
      const category = each.getAttribute("data-consent-section");
      if (category === "necessary" || category === "ways") continue;
      const on = consent.allows(category) ? words.on : words.off;
      const shown = each.querySelector(".consent-statement-state") || make("p", { class: "consent-statement-state", role: "status" });
      shown.textContent = decided ? on : words.undecided;
      each.querySelector(`h${root.dataset.level}`)?.after(shown);
    }
    if (root.querySelector("button")) return;
    const button = make("button", { type: "button" }, words.open);
    button.addEventListener("click", () => consent.show(2));
    root.querySelector('[data-consent-section="ways"]')?.append(button);
  };

  const show = (element, statement) => {
    const level = Math.min(5, Math.max(1, Number(element.dataset.consentHeading) || 2));
    const root = make(
      "div",
      { class: "consent-statement", lang: statement.language, dir: statement.dir, "data-level": `${level + 1}` },
      make(`h${level}`, {}, statement.title),
      ...statement.lead.map(noteOf),
      ...statement.sections.map((section) => sectionOf(section, level)),
      ...statement.notes.map(noteOf),
      make("p", {}, make("a", { href: statement.permalink }, statement.words.permalink)),
    );
    element.replaceChildren(root);
    if (statement.kind !== "choices") return;
    const again = () => showChoices(root, statement.words);
    again();
    window.addEventListener("consent:ready", again);
    window.addEventListener("consent:change", again);
  };

  const load = async (element) => {
    const language = element.closest("[lang]")?.getAttribute("lang") || "";
    const kind = element.dataset.consentStatement;
    const address = `${platform}/statements/${encodeURIComponent(site)}/${encodeURIComponent(kind)}.json?lang=${encodeURIComponent(language)}`;
    try {
      const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
      if (answer.ok) show(element, await answer.json());
      else console.warn(`consent: the statement ${kind} was answered with ${answer.status}`);
    } catch {
      console.warn(`consent: the statement ${kind} could not be fetched`);
    }
  };

  const start = () => {
    for (const element of document.querySelectorAll("[data-consent-statement]")) load(element);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
