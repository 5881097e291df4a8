/**
 * How the build shortens the facts. The server composes them under these names (consent/banner/facts.py);
 * a test compares what it composes with the sample of the unit tests, which is read through this list.
 */
export const NAMES = {
  key_: "k",
  version_: "v",
  build_: "b",
  material_: "m",
  days_: "d",
  cookie_: "c",
  http_: "h",
  mode_: "o",
  languages_: "l",
  early_: "a",
  held_: "e",
};
