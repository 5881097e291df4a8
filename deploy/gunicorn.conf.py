"""Settings of gunicorn that `consent serve` uses; `gunicorn --config deploy/gunicorn.conf.py app:app` does the same."""

worker_class = "gthread"
keepalive = 30
timeout = 60
graceful_timeout = 20
accesslog = None  # addresses and paths of visitors are not logged; the application logs routes
control_socket_disable = True
preload_app = False
