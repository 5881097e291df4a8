/**
 * Google Consent Mode v2: which commands follow from the policy and a decision. Pure.
 * `ma` has no type of Google's; our own gate alone holds it.
 */
/**
 * All seven keys, always: a partial update would leave the others as an older one set them.
 *
 * @param {string[]} granted
 * @returns {Record<string, string | number>}
 */
export function types(granted) {
  const [ads, analytics, functional] = ["advertising", "analytics", "functional"].map((category) =>
    granted.includes(category) ? "granted" : "denied",
  );
  return {
    ad_storage: ads,
    ad_user_data: ads,
    ad_personalization: ads,
    analytics_storage: analytics,
    functionality_storage: functional,
    personalization_storage: functional,
    security_storage: "granted",
  };
}

/**
 * Says what must stand in the dataLayer before any tag's own commands.
 *
 * @param {number[]} mode  advanced, wait_for_update, ads_data_redaction, url_passthrough
 * @param {(...command: any[]) => void} say
 */
export function defaults(mode, say) {
  say("consent", "default", { ...types([]), wait_for_update: mode[1] });
  if (mode[2]) say("set", "ads_data_redaction", true);
  if (mode[3]) say("set", "url_passthrough", true);
}

/**
 * Comma-wrapped, so that a trigger that looks for `,ma,` is not met by another word that begins so.
 * The first category is `necessary`, which nobody grants.
 *
 * @param {import('./policy.js').Grants} granted
 * @param {string} source
 */
export const announcement = (granted, source) => ({
  event: "consent_update",
  consent_categories: `,${granted.filter((id) => id[0] !== ".").slice(1)},`,
  consent_source: source,
});
