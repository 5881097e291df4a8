"""`make run`: everything starts, answers, stops, and keeps its data."""

import io
import os
import signal
import subprocess
import sys
import time
import urllib.request

from consent import demo
from tests.platform import free_port


def start(data, port, site_port):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONSENT_")}
    command = [
        sys.executable,
        "-m",
        "consent",
        "demo",
        "--data",
        str(data),
        f"--port={port}",
        f"--site-port={site_port}",
    ]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(url):
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


def test_the_demo_starts_stops_and_keeps_its_data(tmp_path):
    port, site_port = free_port(), free_port()
    for number in (signal.SIGINT, signal.SIGTERM):
        running = start(tmp_path, port, site_port)
        assert f'src="http://127.0.0.1:{port}/b/demo.js"' in wait_for(f"http://localhost:{site_port}/")
        assert "__CONSENT" not in wait_for(f"http://127.0.0.1:{port}/b/demo.js")
        settings = wait_for(f"http://127.0.0.1:{port}/settings/demo?lang=ja")
        assert f'href="http://localhost:{site_port}/privacy/"' in settings, "the policy's links lead to this site"
        running.send_signal(number)
        output, _ = running.communicate(timeout=40)
        assert running.returncode == 0, output
        assert not answers(f"http://127.0.0.1:{port}/healthz")
        assert not answers(f"http://localhost:{site_port}/")
        secret = (tmp_path / "secret_keys").read_text()
    assert len(secret) == 64
    assert (tmp_path / "secret_keys").stat().st_mode & 0o077 == 0


class Alive:
    """A process that has not stopped."""

    def poll(self):
        return None


def test_a_server_that_is_too_busy_at_first_is_waited_for(monkeypatch):
    answers = [TimeoutError("timed out"), ConnectionRefusedError(), io.BytesIO(b"ready")]

    def urlopen(url, timeout):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    demo._wait_until_ready("http://127.0.0.1:1/readyz", Alive())
    assert answers == []


def test_a_port_that_is_taken_is_said_plainly(tmp_path):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        running = start(tmp_path, other.getsockname()[1], free_port())
        output, _ = running.communicate(timeout=40)
    assert running.returncode == 1
    assert "is in use" in output
