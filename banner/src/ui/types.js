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
 * @typedef {ServiceName & {category: string, purpose: string, vendor: Vendor, sends?: string[],
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
 * @property {string} [privacy_policy] address
 * @property {{first: string, position: string}} layout
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
 * What the parts of the user interface share. Both chunks read it, so its names stay as they are;
 * names that end in `_` are shortened by the build, in each chunk by itself.
 *
 * @typedef {object} Ui
 * @property {Core} core
 * @property {Texts} T
 * @property {HTMLElement} root what every layer is put into
 * @property {(layer: number) => void} show
 * @property {() => void} prefetch fetches what layer 2 needs, because it will be wanted
 * @property {(act: () => unknown) => void} decide carries out a decision, then closes and says so
 *
 * @typedef {Omit<Ui, "T"> & {T: AllTexts}} AllUi what the second chunk makes of it
 *
 * Opens a layer and returns what closes it without deciding. `closed` runs however it was closed.
 * @typedef {(ui: Ui, closed: () => void) => () => void} Opener
 */
export {};
