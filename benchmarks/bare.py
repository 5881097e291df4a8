"""gunicorn benchmarks.bare:app: one view that reads the same request, checks nothing, stores nothing, and answers as much.

What Flask and gunicorn's threads need by themselves: no platform on them can be faster, or answer more evenly.
"""

import orjson
from flask import Flask, Response, request

VERSION, BUILD = "0" * 64, "0" * 16
ANSWER_BYTES = 2_200  # about those of a recorded decision, receipt and promise included

app = Flask(__name__)


@app.get("/b/<key>.js")
def script(**_: str) -> str:
    return f'{{v:"{VERSION}",b:"{BUILD}"}}'


@app.post("/api/v1/sites/<key>/records")
def record(**_: str) -> Response:
    sent = orjson.loads(request.get_data(cache=False))
    body = {"record_id": sent["record_id"], "receipt": "x" * ANSWER_BYTES}
    return Response(orjson.dumps(body), status=201, mimetype="application/json")
