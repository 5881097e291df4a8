/** The visitor's own copy of the last decision: to keep, to look up in the log, and the way out of it. */

import { button, el } from "./element.js";

/** @param {import("./types.js").AllUi} ui */
export function receipt({ core, T, decide, token }) {
  const { t } = T;
  const held = core.receipt();
  const own = ownPage(T, token);
  if (!held) return el("p", {}, t.receipt_none, own);
  return el(
    "details",
    {},
    el("summary", {}, t.receipt),
    el("p", {}, `${t.decided_at}: ${new Date(held.received_time).toLocaleString(T.lang)}`),
    ...copy(
      T,
      held.receipt,
      own,
      button(t.withdraw, "withdraw", () => decide(() => core.by("preferences").withdraw())),
    ),
  );
}

/**
 * Link to what is kept about the visitor. A platform on another domain does not know who they are, so
 * the token goes along, in the body of a form: an address would be kept in histories.
 * @param {import("./types.js").AllTexts} T
 * @param {() => string} token
 */
function ownPage({ t, settings_url }, token) {
  const handOver = (/** @type {Event} */ event) => {
    const value = token();
    if (!value) return;
    event.preventDefault();
    const action = settings_url.replace("?", "/history?");
    const visitor = el("input", { name: "visitor", value });
    const form = el("form", { method: "post", target: "_blank", rel: "noopener", action }, visitor);
    form.hidden = true;
    document.body.append(form);
    form.submit();
    form.remove();
  };
  return el(
    "a",
    { href: settings_url, target: "_blank", rel: "noopener", click: handOver },
    t.my_data,
  );
}

/**
 * The copy to keep. It may be handed on, so it is without the visitor's token, which acts for them.
 * @param {import("./types.js").AllTexts} T
 * @param {Record<string, any>} kept the receipt; one of an older platform has no token of its own
 * @param {import("./element.js").Child} own link to the visitor's own page
 * @param {HTMLButtonElement} withdraw stands beside the button that looks up
 */
function copy({ t, settings_url }, kept, own, withdraw) {
  const platform = settings_url.replace(/settings\/.*/, "");
  const file = el("a", { download: "consent.json" }, t.receipt_download);
  const pack = (/** @type {object} */ proof) => {
    const text = JSON.stringify({ ...kept, ...proof }, null, 2);
    file.href = `data:application/json,${encodeURIComponent(text)}`;
  };
  pack({});
  const said = el("p", { role: "status" });
  const lookUp = async () => {
    said.textContent = await standing(t, `${platform}api/v1/receipts/${kept.token}`, pack);
    said.scrollIntoView({ block: "center" });
  };
  const href = `${platform}r/${kept.token}`;
  const page = el("a", { href, target: "_blank", rel: "noopener noreferrer" }, t.receipt_page);
  const proven = kept.token;
  return [
    el("p", {}, file, proven && page, own),
    proven && button(t.receipt_lookup, "look-up", lookUp),
    withdraw,
    said,
  ];
}

/**
 * What the platform says of the record's place in the log. Whether the proof holds is for others to
 * compute: it goes into the copy.
 * @param {Record<string, string>} t
 * @param {string} address
 * @param {(proof: object) => void} pack
 */
async function standing(t, address, pack) {
  try {
    const response = await fetch(address);
    const answer = await response.json();
    if (!response.ok) return t.receipt_unreachable;
    pack(answer);
    const [, index] = /^index (\d+)$/m.exec(answer.proof) || [];
    // People count from one.
    return index ? t.receipt_logged.replace("{number}", `${+index + 1}`) : t.receipt_soon;
  } catch {
    // No connection, or no JSON from what answered: the visitor reads so.
    return t.receipt_unreachable;
  }
}
