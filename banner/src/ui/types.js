/**
 * Shapes the user interface is given: the core it talks to and the texts of one language.
 * The server composes the texts; every string is final, plain text. Members that would say null,
 * false or nothing are left out.
 *
 * @typedef {{name: string, lifetime?: string, purpose?: string, domain?: string,
 *   unverified?: true}} Cookie
 * @typedef {{name: string, address?: string, country?: string, policy_url?: string,
 *   opt_out_url?: string}} Vendor
 * `acquires` names what a recipient acquires as personal data; the law wants it at the switch.
 * @typedef {{id: string, name: string, acquires?: string}} ServiceName
 * Cookies are absent where nobody has verified them yet, which is not the same as none.
 * @typedef {ServiceName & {category: string, purpose: string, vendor: Vendor, sends?: string,
 *   cookies?: Cookie[], no_tag?: true}} Service
 * @typedef {{id: string, name: string}} CategoryName
 * @typedef {CategoryName & {description: string}} Category
 * @typedef {Record<string, string>} Colours
 *
 * What the first chunk has: all that the first layer and the placeholders say.
 *
 * @typedef {object} Texts
 * @property {string} lang
 * @property {"ltr"|"rtl"} dir
 * @property {Record<string, string>} t
 * @property {string} purposes all of them in one line
 * @property {string} [privacy_policy] address
 * @property {{first: string, position: string}} layout
 * @property {boolean} [showings] whether it is counted that the first layer was shown
 * @property {{light: Colours, dark: Colours, radius: string}} theme
 * @property {CategoryName[]} categories
 * @property {ServiceName[]} services
 *
 * What the second chunk adds to it. Its categories and services replace those of the first.
 *
 * @typedef {object} Details
 * @property {Record<string, string>} t
 * @property {Category[]} categories
 * @property {Service[]} services
 * @property {string} settings_url
 *
 * @typedef {Omit<Texts, "categories"|"services"> & Details} AllTexts
 *
 * What the core hands over: its public API with `by`, and two tuples, because names are bytes.
 *
 * @typedef {Omit<Core, "nonce" | "host" | "emit" | "blocked" | "allowOnce">} Api
 * @typedef {[
 *   host: Core["host"],
 *   emit: Core["emit"],
 *   blocked: Core["blocked"],
 *   allowOnce: Core["allowOnce"],
 *   nonce?: string,
 * ]} Stage
 *
 * @typedef {object} Core
 * @property {string} [nonce]
 * @property {() => HTMLElement} host
 * @property {(category: string, service?: string) => boolean} allows
 * @property {(source: "banner" | "preferences") => Decisions} by the decisions, as made on this surface
 * @property {() => {decided: boolean}} state
 * @property {() => Record<string, any>|null} receipt
 * @property {boolean} gpc
 * @property {(name: string, detail: object) => unknown} emit
 * @property {() => HTMLElement[]} blocked iframes and videos that wait for a consent
 * @property {(element: HTMLElement) => unknown} allowOnce
 *
 * What the delivery of records works with.
 * @typedef {[
 *   facts: import("../policy.js").Facts,
 *   post: (decision: string, source: string) => unknown,
 *   read: typeof import("../storage.js").read,
 *   write: typeof import("../storage.js").write,
 *   unpack: typeof import("../storage.js").unpack,
 *   token: typeof import("../store.js").token,
 *   receipt: () => Record<string, any>|null,
 * ]} Desk
 *
 * @typedef {{acceptAll(): unknown, rejectAll(): unknown, withdraw(): unknown,
 *   save(choice: Partial<Choice>): unknown}} Decisions
 * @typedef {{categories: Record<string, boolean>, services: Record<string, boolean>}} Choice
 *
 * What the parts of the user interface share. Both chunks read it, so its names stay as they are;
 * names that end in `_` are shortened by the build, in each chunk by itself.
 *
 * @typedef {object} Ui
 * @property {Core} core
 * @property {Texts} T
 * @property {HTMLElement} root what every layer is put into
 * @property {(layer: number) => void} show
 * @property {() => void} prefetch fetches what layer 2 needs, because it will be wanted
 * @property {() => string} token the platform's token for this visitor, or ''
 * @property {(act: () => unknown) => void} decide carries out a decision, then closes and says so
 *
 * @typedef {Omit<Ui, "T"> & {T: AllTexts}} AllUi what the second chunk makes of it
 *
 * Opens a layer and returns what closes it without deciding. `closed` runs however it was closed.
 * @typedef {(ui: Ui, closed: () => void) => () => void} Opener
 */
export {};
