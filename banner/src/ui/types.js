/**
 * Shapes the user interface is given: the core it talks to and the texts of one language.
 * The server composes the texts; every string is final, plain text.
 *
 * @typedef {{recipient: string, items: string[], text: string}} Acquisition
 *   What a recipient acquires as personal data; the law wants it named at the switch.
 * @typedef {{name: string, lifetime: string|null, purpose: string|null, domain: string|null,
 *   kind: string, confidence: string}} Cookie
 * @typedef {{name: string, address: string|null, country: string|null, policy_url: string|null,
 *   opt_out_url: string|null}} Vendor
 * Cookies are null where nobody has verified them yet, which is not the same as none.
 * @typedef {{id: string, category: string, name: string, purpose: string, vendor: Vendor,
 *   sends: string[], cookies: Cookie[]|null, acquires: Acquisition|null, no_tag: boolean}} Service
 * @typedef {{id: string, name: string, description: string}} Category
 * @typedef {{first: string, position: string, buttons?: string[]}} Layout
 * @typedef {Record<string, string>} Colours
 *
 * @typedef {object} Texts
 * @property {string} lang
 * @property {"ltr"|"rtl"} dir
 * @property {Record<string, string>} t
 * @property {{name: string, url: string|null}} controller
 * @property {{url: string, version: string}} privacy_policy
 * @property {Layout} layout
 * @property {{light: Colours, dark: Colours, radius: string}} theme
 * @property {Category[]} categories
 * @property {Service[]} services
 * @property {string} settings_url
 *
 * @typedef {object} Core
 * @property {string} [nonce]
 * @property {() => HTMLElement} host
 * @property {(category: string, service?: string) => boolean} allows
 * @property {(source: string) => unknown} acceptAll
 * @property {(source: string) => unknown} rejectAll
 * @property {(choice: Partial<Choice>, source: string) => unknown} save
 * @property {(source: string) => unknown} withdraw
 * @property {() => Record<string, any>|null} receipt
 * @property {boolean} gpc
 * @property {(name: string, detail: object) => unknown} emit
 * @property {() => HTMLElement[]} blocked iframes and videos that wait for a consent
 * @property {(element: HTMLElement) => unknown} allowOnce
 *
 * @typedef {{categories: Record<string, boolean>, services: Record<string, boolean>}} Choice
 *
 * What the parts of the user interface share. Names that end in `_` are shortened by the build.
 *
 * @typedef {object} Ui
 * @property {Core} core_
 * @property {Texts} T_
 * @property {HTMLElement} root_ what every layer is put into
 * @property {(layer: number) => void} show_
 * @property {(act: () => unknown) => void} decide_ carries out a decision, then closes and says so
 */
export {};
