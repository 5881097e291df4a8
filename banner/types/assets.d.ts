/** Style sheets are imported as text. Not shipped to sites. */
declare module "*.css" {
  const css: string;
  export default css;
}
