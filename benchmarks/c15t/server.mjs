// c15t as its guide mounts it (Hono), on Node: `node server.mjs <file or postgresql://…> <port> <trusted origin>`.
import { c15tInstance } from "@c15t/backend";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

import { adapter } from "./database.mjs";

const [url, port, origin] = process.argv.slice(2);
const c15t = c15tInstance({
  appName: "benchmark",
  basePath: "/api/c15t",
  trustedOrigins: [origin],
  adapter: adapter(url),
  logger: { level: "error" },
});

const app = new Hono();
app.all("/api/c15t/*", (context) => c15t.handler(context.req.raw));
serve({ fetch: app.fetch, port: Number(port), hostname: "127.0.0.1" });
