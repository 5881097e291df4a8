"""gunicorn app:app"""

from consent.factory import create_app

app = create_app()
