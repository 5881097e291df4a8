"""gunicorn app:app"""

from consent.factory import create_app
from consent.worker import start_beside_the_web

app = create_app()
start_beside_the_web(app)
