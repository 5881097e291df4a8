// The two databases of c15t's documentation ("Database Setup"), through its Kysely adapter.

import { kyselyAdapter } from "@c15t/backend/db/adapters/kysely";
import SQLite from "better-sqlite3";
import { Kysely, PostgresDialect, SqliteDialect } from "kysely";
import pg from "pg";

function sqlite(file) {
  const database = new SQLite(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL"); // its driver's default under WAL may forget an acknowledged commit
  return { dialect: new SqliteDialect({ database }), provider: "sqlite" };
}

function postgresql(url) {
  return { dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 16 }) }), provider: "postgresql" };
}

export function adapter(url) {
  const { dialect, provider } = url.startsWith("postgresql://") ? postgresql(url) : sqlite(url);
  return kyselyAdapter({ db: new Kysely({ dialect }), provider });
}

