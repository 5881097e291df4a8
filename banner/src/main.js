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
import { block, release } from "./gate.js";
import { post } from "./outbox.js";
import { attempt, doc, facts, open, win } from "./page.js";
import { permits } from "./policy.js";
import { denyFirst, emit, gpc, on, update, watchTabs } from "./signals.js";
import * as store from "./store.js";
import { arrive, deliver, hide, listen, progress, show } from "./surface.js";
import * as tags from "./tags.js";

/** @param {Facts} given */
function start(given) {
  // Even broken facts must not leave Google's tags without a default.
  const { mode_ = [] } = given || {};
  denyFirst(mode_);
  open(given);
  store.load();
  const decided = store.current.d;
  // The chunk is on its way while the rest is done.
  if (decided) update("stored");
  else {
    if (EARLY) update("notice");
    show(1);
  }
  release();
  tags.follow([]);
  late.observe(doc, { childList: true, subtree: true });
  doc.addEventListener("readystatechange", look);
  publish();
  listen();
  watchTabs(otherTab);
  addEventListener("online", deliver);
  // What can wait until the page has got on.
  setTimeout(() => {
    // What a signal holds back before a decision may lie about from before the signal.
    if (EARLY || store.current.d) {
      store.save();
      sweep();
    }
    deliver();
  });
}

/** Sees late nodes: routers, `innerHTML`, the parser itself. */
const late = new MutationObserver(look);

/** New nodes, or the parser is further. */
function look() {
  release();
  progress();
}

/**
 * @param {string} decision
 * @param {Grants} granted
 * @param {string} source
 */
function decide(decision, granted, source) {
  const before = store.current.g;
  store.decide(decision, granted);
  post(decision, source);
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
  const stuck = block() || before.some(tags.stuck);
  // This page goes on until the new one is there, and what is under way would still run in it.
  if (stuck) stop();
  update(source);
  hide();
  emit("change", { source });
  if (store.current.d === "withdraw") emit("withdraw", { source });
  // A link of the page may call us and lead away; our own buttons need not wait for it.
  if (source === "api") deliver();
  // That the banner has gone is no reason to look: release would be part of the click.
  late.takeRecords();
  setTimeout(() => {
    deliver();
    tags.follow(before);
    look();
    // The tab that decided writes what there is to write.
    if (source !== "tab") store.save(true);
    sweep();
    if (stuck) location.reload();
  });
}

/** The four decisions, as made on one of our surfaces or by the page. @param {string} source */
const by = (source) => ({
  acceptAll: () => decide("accept_all", everything(facts), source),
  rejectAll: () => decide("reject_all", nothing(facts), source),
  withdraw: () => decide("withdraw", nothing(facts), source),
  save: (/** @type {Choice} */ choice) =>
    decide("custom", chosen(facts, store.current.g, choice || {}), source),
});

/**
 * The settings begin with what the visitor has granted, also of what is held back.
 *
 * @param {string} category
 * @param {string} [service]
 */
const given = (category, service) => permits(store.current.g, category, service);

/** `window.consent`, also callable as its own stub: `consent('save', {…})`. */
function publish() {
  /** @type {Record<string, any>} */
  const api = {
    ...by("api"),
    ready: Promise.resolve(store.state()),
    gpc,
    state: store.state,
    allows: (/** @type {string} */ category, /** @type {string} */ service) =>
      permits(HELD ? store.live() : store.current.g, category, service),
    receipt: store.receipt,
    show,
    hide,
    on,
    ui: (/** @type {any} */ mount, /** @type {object} */ texts) =>
      arrive({ ...api, by, ...(HELD && { allows: given }) }, mount, texts),
  };
  const call = (/** @type {string} */ method, /** @type {any[]} */ ...args) =>
    attempt(() => api[method](...args));
  win.consent = Object.assign(call, api);
  for (const [method, ...args] of q) call(method, ...args);
  emit("ready");
}

// A page that includes the script twice runs it once; what it has queued is called then.
const { ready, q = [] } = win.consent || {};
if (!ready) attempt(() => start(__CONSENT_FACTS__));
