/**
 * The order of events on every page: deny, replay, release, and only then see whether there is
 * something to show or to send.
 *
 * @typedef {import('./policy.js').Facts} Facts
 * @typedef {import('./policy.js').Grants} Grants
 * @typedef {import('./decision.js').Choice} Choice
 */
import { sweep } from "./cleanup.js";
import { chosen, everything, nothing } from "./decision.js";
import { block, release, watch } from "./gate.js";
import { deliver, post } from "./outbox.js";
import { attempt, facts, open, win } from "./page.js";
import { permits } from "./policy.js";
import { denyFirst, emit, gpc, on, update, watchTabs } from "./signals.js";
import { read, write } from "./storage.js";
import * as store from "./store.js";
import { arrive, hide, listen, progress, show } from "./surface.js";
import * as tags from "./tags.js";

/** @param {Facts} given */
function start(given) {
  // Even broken facts must not leave Google's tags without a default.
  const { mode = [] } = given || {};
  denyFirst(mode);
  open(given);
  store.load();
  const decided = store.current.d;
  if (decided) update("stored");
  release();
  tags.follow([]);
  watch(look);
  publish();
  listen();
  watchTabs(otherTab);
  addEventListener("online", deliver);
  if (!decided) show(1);
  setTimeout(settle);
}

/** What can wait until the page has got on. @param {boolean} [fresh] */
function settle(fresh) {
  if (store.current.d) {
    store.save(fresh);
    sweep();
  } else if (gpc && read(".gpc") !== facts.version && write(".gpc", facts.version)) {
    // Once for each policy version, and only where a note of it will be found on the next page.
    post("gpc", "gpc", nothing(facts));
  }
  deliver();
}

/** New nodes, or the parser is further. */
function look() {
  release();
  progress();
}

/**
 * @param {string} decision
 * @param {Grants} granted
 * @param {unknown} from  anything but our own surfaces is the page: `onclick = consent.acceptAll`
 */
function decide(decision, granted, from) {
  const source = /^(banner|preferences)$/.test(`${from}`) ? `${from}` : "api";
  const before = store.current.g;
  store.decide(decision, granted);
  post(decision, source, granted);
  follow(before, source);
}

function otherTab() {
  const before = store.current.g;
  if (store.refresh()) follow(before, "tab");
}

/**
 * Makes the page agree with the state. In the click itself only what a navigation must not outrun;
 * the rest after the next paint. What is refused stops first; a script that cannot be stopped is
 * left behind by a reload, which takes the unsent record along.
 *
 * @param {Grants} before
 * @param {string} source
 */
function follow(before, source) {
  const stuck = block();
  update(source);
  hide();
  emit("change", { source });
  if (store.current.d === "withdraw") emit("withdraw", { source });
  setTimeout(() => {
    const running = tags.follow(before);
    look();
    if (source === "tab") sweep();
    else settle(true);
    if (stuck || running) location.reload();
  });
}

/** `window.consent`, also callable as its own stub: `consent('save', {…})`. */
function publish() {
  /** @type {Record<string, any>} */
  const api = {
    acceptAll: (/** @type {string} */ source) => decide("accept_all", everything(facts), source),
    rejectAll: (/** @type {string} */ source) => decide("reject_all", nothing(facts), source),
    withdraw: (/** @type {string} */ source) => decide("withdraw", nothing(facts), source),
    save: (/** @type {Choice} */ choice, /** @type {string} */ source) =>
      decide("custom", chosen(facts, store.current.g, choice || {}), source),
    ready: Promise.resolve(store.state()),
    gpc,
    state: store.state,
    allows: (/** @type {string} */ category, /** @type {string} */ service) =>
      permits(store.current.g, category, service),
    receipt: store.receipt,
    show,
    hide,
    on,
    ui: (/** @type {any} */ mount, /** @type {object} */ texts) => arrive(api, mount, texts),
  };
  const call = (/** @type {string} */ method, /** @type {any[]} */ ...args) =>
    attempt(() => api[method](...args));
  const { q = [] } = win.consent || {};
  win.consent = Object.assign(call, api);
  for (const [method, ...args] of q) call(method, ...args);
  emit("ready");
}

// A page that includes the script twice runs it once.
const { ready } = win.consent || {};
if (!ready) attempt(() => start(__CONSENT_FACTS__));
