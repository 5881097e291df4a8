/**
 * Texts as the server composes them, short enough to read: what the tests of the user interface
 * show. `t` holds each key as its own text, so that a test can say which one it saw.
 */
const t = new Proxy(/** @type {Record<string, string>} */ ({}), {
  get: (_, key) => (key === "placeholder" ? "Show {service}?" : `[${String(key)}]`),
  ownKeys: () => KEYS,
  getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
});

const KEYS =
  `title body accept reject settings save close privacy_policy recipients gpc saved details
settings_title settings_body always_on vendor country sends purpose cookies lifetime unverified
none_known opt_out vendor_policy no_tag placeholder allow_once allow_always receipt
receipt_download receipt_none decided_at withdraw my_data`.split(/\s+/);

const vendor = {
  name: "Vendor Inc.",
  address: null,
  country: "Japan",
  policy_url: "https://vendor.test/privacy",
  opt_out_url: "javascript:alert(1)",
};

const cookie = {
  name: "_id",
  lifetime: null,
  purpose: null,
  domain: null,
  kind: "cookie",
  confidence: "unverified",
};

/** @param {string} id @param {string} category @param {object} more */
const service = (id, category, more = {}) => ({
  id,
  category,
  name: `Service ${id}`,
  purpose: "<b>purpose</b>",
  vendor,
  sends: ["address", "referrer"],
  cookies: [cookie],
  acquires: null,
  no_tag: false,
  ...more,
});

/** @param {string} id */
const category = (id) => ({ id, name: id, description: `About ${id}` });

const colours = {
  background: "#ffffff",
  text: "#1b1f24",
  accent: "#1f4b7a",
  accent_text: "#ffffff",
  border: "#d5dae0",
  muted: "#5b6570",
};

export const TEXTS = {
  lang: "en",
  dir: "ltr",
  t: { ...t },
  controller: { name: "Sample", url: null },
  privacy_policy: { url: "https://site.test/privacy", version: "1" },
  layout: { first: "bar", position: "bottom" },
  theme: { light: colours, dark: colours, radius: "8px" },
  categories: ["necessary", "analytics", "ma"].map(category),
  services: [
    service("session", "necessary"),
    service("ga4", "analytics"),
    service("clarity", "analytics", { cookies: null }),
    service("hubspot", "ma", {
      acquires: { recipient: "HubSpot", items: ["cookie id"], text: "HubSpot acquires cookie id." },
    }),
  ],
  settings_url: "https://consent.test/settings/key",
};
