/**
 * Builds `static/banner.js` (core), `static/early.js` (the core for laws under which tags may run
 * before a decision), `static/held.js` (the core that holds services back), `static/ui.js` (first layer) and `static/preferences.js` (second layer) from
 * `banner/src`, and `static/stopped.js` from `banner/stopped.js`, a file of its own. What `EARLY`
 * guards is in the second core alone, and what `HELD` guards in the second and the third.
 *
 *   node banner/build.mjs           writes the files
 *   node banner/build.mjs --check   fails if the committed files differ from a fresh build
 *
 * The first line of each file carries the digest of the sources, so that a test recomputes it
 * without Node: SHA-256 over every file under `banner/src`, in the sorted order of its POSIX path
 * relative to `banner/src` (by code unit), each as path, NUL, bytes, NUL.
 *
 * Properties whose names end in `_` are internal and are renamed; everything else keeps its name.
 * Each file names one token, which the server replaces, and the server leaves out the first line.
 * What a browser then downloads has budgets: tests/banner/test_sizes.py, which `make banner` runs too.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transformSync } from "esbuild";
import { minify } from "terser";
import { NAMES } from "./names.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(HERE, "src");
const STATIC = join(HERE, "..", "static");

const core = { entry: "main.js", output: "banner.js", token: "__CONSENT_FACTS__" };
const early = { ...core, output: "early.js" };
const held = { ...core, output: "held.js" };
const ui = { entry: "ui/main.js", output: "ui.js", token: "__CONSENT_TEXTS__" };
const preferences = {
  entry: "ui/second.js",
  output: "preferences.js",
  token: "__CONSENT_DETAILS__",
};

/**
 * Nearly everything runs on every page that shows something, and what does not runs in the click: a
 * browser that knows this hint compiles all of it while it downloads, off the page's main thread.
 */
const EAGER = "//# allFunctionsCalledOnLoad";

function digest() {
  const files = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => relative(SOURCE, join(file.parentPath, file.name)).split(sep).join("/"))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(SOURCE, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** Style sheets become strings, minified, with nothing lowered for older browsers. */
const styles = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, ({ path }) => {
      const { code } = transformSync(readFileSync(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

async function bundle({ entry, output, token }) {
  const result = await build({
    entryPoints: [join(SOURCE, entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    define: {
      EARLY: String(output === early.output),
      HELD: String([early.output, held.output].includes(output)),
    },
    mangleProps: /[^_]_$/,
    mangleCache: { ...NAMES },
    legalComments: "none",
    plugins: [styles],
  });
  const text = `/*! consent ${digest()} */\n${EAGER}\n${await smaller(result.outputFiles[0].text)}\n`;
  if (text.split(token).length !== 2) throw new Error(`${entry} must name ${token} exactly once`);
  settle(join(STATIC, output), text);
}

/** What esbuild leaves on the table. Nothing in the sources depends on strict mode, on what reading a property does, or on a function being one for `new`. @param {string} source */
async function smaller(source) {
  const { code = "" } = await minify(source, {
    ecma: 2020,
    compress: {
      passes: 4,
      unsafe_arrows: true,
      pure_getters: true,
      hoist_funs: true,
      directives: false,
    },
    format: { comments: false },
  });
  return code.replace('"use strict";', "");
}

/** What a site that is stopped serves. Its first line carries the digest of its one source file. */
async function stopped() {
  const source = readFileSync(join(HERE, "stopped.js"), "utf8");
  const name = createHash("sha256").update(source).digest("hex");
  settle(join(STATIC, "stopped.js"), `/*! consent ${name} */\n${await smaller(source)}\n`);
}

function settle(path, text) {
  if (!process.argv.includes("--check")) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, "utf8") !== text) {
    throw new Error(`${path} is not what the build makes`);
  }
}

for (const file of [core, early, held, ui, preferences]) await bundle(file);
await stopped();
