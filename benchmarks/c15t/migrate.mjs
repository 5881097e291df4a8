// Creates c15t's tables with its own migrator, as its command line does: `node migrate.mjs <file or postgresql://…>`.
import { DB } from "@c15t/backend/db/schema";
import { migrator } from "@c15t/backend/db/migrator";

import { adapter } from "./database.mjs";

const plan = await migrator({ db: DB.client(adapter(process.argv[2])), schema: "latest" });
await plan.execute();
process.exit(0);
