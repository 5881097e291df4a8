"""@c15t/backend beside us: on Node, Hono and Kysely as its guide has it, in production mode, logging errors only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import SERVER_CORE, free_port, run, running
from benchmarks.stores import Location

FOLDER = Path(__file__).parent / "c15t"

# A new subject with one consent each, the way the server stores them, for the domain and the policy that exist already.
_SUBJECT = """INSERT INTO "subject" ("id", "tenantId", "createdAt", "updatedAt")
SELECT 'sub_' || n, NULL, {now}, {now} FROM {numbers};"""
_CONSENT = """INSERT INTO "consent" ("id", "subjectId", "domainId", "policyId", "purposeIds", "metadata", "ipAddress",
 "userAgent", "givenAt", "jurisdiction", "uiSource", "consentAction")
SELECT 'cns_' || n, 'sub_' || n, c."domainId", c."policyId", c."purposeIds", c."metadata", c."ipAddress",
 c."userAgent", c."givenAt", c."jurisdiction", c."uiSource", c."consentAction"
FROM {numbers} CROSS JOIN (SELECT * FROM "consent" LIMIT 1) c;"""
_SQLITE_NUMBERS = "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) SELECT n FROM s)"
_POSTGRES_NUMBERS = "generate_series(1, {rows}) AS s(n)"


class C15t:
    name = "c15t"
    count_query = 'SELECT count(*) FROM "consent"'

    def _address(self, location: Location) -> str:
        return location.database_url or str(location.file)

    def prepare(self, location: Location, *, origin: str) -> None:
        if not (FOLDER.parent / "node_modules" / "@c15t").exists():
            raise RuntimeError("the peers are not installed: npm ci --prefix benchmarks")
        run(["node", str(FOLDER / "migrate.mjs"), self._address(location)])

    def fill(self, location: Location, rows: int) -> None:
        """Multiplies the first consent stored, by SQL: through its API a million would take hours."""
        numbers = (_POSTGRES_NUMBERS if location.database_url else _SQLITE_NUMBERS).format(rows=rows)
        now = "now()" if location.database_url else "unixepoch() * 1000"
        location.execute(_SUBJECT.format(numbers=numbers, now=now))
        location.execute(_CONSENT.format(numbers=numbers))

    @contextmanager
    def serving(self, location: Location, *, origin: str, core: str | None = SERVER_CORE) -> Iterator[int]:
        port = free_port()
        command = ["node", str(FOLDER / "server.mjs"), self._address(location), str(port), origin]
        environment, log = {"NODE_ENV": "production"}, location.folder / "server.log"
        with running(command, port=port, environment=environment, core=core, log=log):
            yield port
