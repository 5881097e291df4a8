/**
 * Texts as the server composes them, short enough to read: what the tests of the user interface
 * show. `t` holds each key as its own text, so that a test can say which one it saw.
 */
/** @param {string} keys */
const texts = (keys) =>
  Object.fromEntries(
    keys.split(/\s+/).map((key) => [key, key === "placeholder" ? "Show {service}?" : `[${key}]`]),
  );

const vendor = {
  name: "Vendor Inc.",
  country: "Japan",
  policy_url: "https://vendor.test/privacy",
  opt_out_url: "javascript:alert(1)",
};

/** @param {string} id @param {string} category @param {object} more */
const service = (id, category, more = {}) => ({
  id,
  category,
  name: `Service ${id}`,
  purpose: "<b>purpose</b>",
  vendor,
  sends: "address and referrer",
  cookies: [{ name: "_id" }],
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

const categories = ["necessary", "analytics", "ma"].map(category);
const services = [
  service("session", "necessary"),
  service("ga4", "analytics"),
  service("clarity", "analytics", { cookies: undefined }),
  service("hubspot", "ma", { acquires: "HubSpot acquires cookie id." }),
];

export const TEXTS = {
  lang: "en",
  dir: "ltr",
  t: texts(`title body accept reject settings recipients privacy_policy gpc saved placeholder
allow_once allow_always`),
  purposes: "purpose: analytics and ma",
  privacy_policy: "https://site.test/privacy",
  layout: { first: "bar", position: "bottom" },
  theme: { light: colours, dark: colours, radius: "8px" },
  categories: categories.map(({ id, name }) => ({ id, name })),
  services: services.map(({ id, name, acquires }) => ({ id, name, acquires })),
};

export const DETAILS = {
  t: texts(`settings_title settings_body always_on save close details vendor country sends cookies
lifetime unverified none_known no_tag vendor_policy opt_out my_data receipt receipt_download
receipt_none receipt_page receipt_lookup receipt_logged receipt_soon receipt_unreachable
decided_at withdraw`),
  categories,
  services,
  settings_url: "https://consent.test/settings/key",
};
