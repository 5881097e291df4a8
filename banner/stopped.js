/**
 * What a stopped site's pages get in place of the banner: nobody is asked, nothing is released, nothing
 * is sent, and what the visitor has decided before stays where it is, unread. Pages that call
 * `window.consent` go on as with a visitor who has not decided. Whoever refuses or withdraws through
 * the page makes that older decision go, so that it does not hold again when the site starts again.
 */
(() => {
  const win = /** @type {any} */ (window);
  const { ready, q = [] } = win.consent || {};
  if (ready) return; // the script stands twice in the page
  const none = null;
  const undecided = {
    decided: false,
    decision: none,
    categories: {},
    services: {},
    policy_version: none,
    decided_at: none,
    expires_at: none,
  };
  // Google's tags that stand in the page on their own must not do without a default.
  win.dataLayer = win.dataLayer || [];
  win.gtag =
    win.gtag ||
    function () {
      try {
        // biome-ignore lint/complexity/noArguments: Google's tags know commands by that
        win.dataLayer.push(arguments);
      } catch {}
    };
  /** @type {Record<string, string>} */
  const types = { security_storage: "granted" };
  for (const type of ["ad", "analytics", "functionality", "personalization"])
    types[`${type}_storage`] = "denied";
  types.ad_user_data = types.ad_personalization = "denied";
  win.gtag("consent", "default", types);
  win.gtag("set", "ads_data_redaction", true);
  const nothing = () => {};
  const forget = () => {
    const name = __CONSENT_COOKIE__;
    const hosts = location.hostname.split(".");
    for (const at of [-1, ...hosts.keys()]) {
      const domain = at < 0 ? "" : `Domain=${hosts.slice(at).join(".")}`;
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere
      document.cookie = `${name}=; Max-Age=0; Path=/; ${domain}`;
    }
    try {
      localStorage.removeItem(name);
    } catch {}
  };
  /** @type {Record<string, any>} */
  const api = {
    ready: Promise.resolve(undecided),
    gpc: win.navigator.globalPrivacyControl === true,
    state: () => undecided,
    allows: () => false,
    receipt: () => none,
    on: (/** @type {string} */ name, /** @type {(detail: object) => void} */ then) => {
      const type = `consent:${name}`;
      const hear = (/** @type {any} */ event) => then(event.detail);
      win.addEventListener(type, hear);
      return () => win.removeEventListener(type, hear);
    },
  };
  api.acceptAll = api.save = api.show = api.hide = nothing;
  api.rejectAll = api.withdraw = forget;
  const call = (/** @type {string} */ method, /** @type {any[]} */ ...args) =>
    (api[method] || nothing)(...args);
  win.consent = Object.assign(call, api);
  for (const [method, ...args] of q) call(method, ...args);
  win.dispatchEvent(new CustomEvent("consent:ready", { detail: { v: 1, ...undecided } }));
})();
