"""gunicorn's settings; `make run` and a production unit start the same server: `gunicorn wsgi:app`."""

import gc
import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # imported once; no connection is opened before the workers part
timeout = 120  # an upload of a large dossier over a slow line
graceful_timeout = 20
max_requests = 2000
max_requests_jitter = 200
control_socket_disable = True  # it would lie in the home folder of whoever starts the server
accesslog = None  # the application logs its requests itself, with the person and the time they took
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "warning")


def when_ready(_server: object) -> None:
    """Everything imported stays for good: the collector need not look through it again in every worker."""
    gc.collect()
    gc.freeze()
