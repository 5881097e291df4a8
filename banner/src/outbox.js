/**
 * Decisions on their way to the platform. The core only puts them here, in the click itself; the UI
 * chunk delivers them (ui/delivery.js), and is fetched wherever something waits.
 *
 * A letter is the record itself; what the delivery adds to it stands there.
 * @typedef {Record<string, any>} Letter
 */
import { facts, language, tag } from "./page.js";
import { switches } from "./policy.js";
import { gpc } from "./signals.js";
import { unpack, write } from "./storage.js";
import { current } from "./store.js";

/**
 * Of the state as it is now.
 *
 * @param {string} decision
 * @param {string} source
 */
export function post(decision, source) {
  const letter = {
    record_id: uuid7(),
    decision,
    source,
    ...switches(facts, current.g),
    policy_version: facts.version_,
    language,
    page_path: location.pathname,
    gpc,
    region: tag.dataset.region,
    client_time: new Date().toISOString(),
    script: facts.build_,
  };
  if (EARLY) /** @type {Letter} */ (letter).law = facts.early_[0];
  write(".outbox", JSON.stringify(/** @type {Letter[]} */ ([]).concat(unpack(".outbox"), letter)));
}

/** RFC 9562, version 7: the time (which has eleven digits until 2527), then chance. */
function uuid7() {
  const time = `0${Date.now().toString(16)}`;
  const chance = () => (crypto.getRandomValues(new Uint8Array(1))[0] & 15).toString(16);
  return "xxxxxxxx-xxxx-7xxx-8xxx-xxxxxxxxxxxx".replace(
    /x/g,
    (_, at) => time[at > 8 ? at - 1 : at] || chance(),
  );
}
