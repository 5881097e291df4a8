"""Processes of a benchmark: started on the core they belong to, awaited, and ended with everything they started."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

REPOSITORY = Path(__file__).parent.parent
BUSY = 0.5  # load average of a machine that is not at rest
SERVER_CORE = "0"
LOAD_CORE = "1"  # the load generator, and the PostgreSQL server of both sides
Process = subprocess.Popen[bytes]
# Asked once, at the start: this process will be pinned itself, and its children with it.
CORES = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
CAN_PIN = shutil.which("taskset") is not None and {int(SERVER_CORE), int(LOAD_CORE)} <= CORES


def on_core(core: str, command: Sequence[str]) -> list[str]:
    """The command pinned to one core; unpinned where the machine cannot."""
    return ["taskset", "-c", core, *command] if CAN_PIN else list(command)


def pin_this_process_to_the_load_core() -> None:
    if CAN_PIN:
        os.sched_setaffinity(0, {int(LOAD_CORE)})


def warn_if_busy() -> None:
    load = os.getloadavg()[0]
    if load > BUSY:
        Console(stderr=True).print(
            f"[yellow]Other work is running here (load {load:.1f}): the figures will be poor.[/]"
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: Process, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port} after {seconds} s")


@contextmanager
def running(
    command: Sequence[str], *, port: int, environment: Mapping[str, str], core: str | None = SERVER_CORE, log: Path
) -> Iterator[Process]:
    """A server while the block runs. It is ended with SIGKILL, so that only what it had made durable survives."""
    pinned = on_core(core, command) if core else list(command)
    with log.open("ab") as sink:
        process = subprocess.Popen(
            pinned, env={**os.environ, **environment}, cwd=REPOSITORY, stdout=sink, stderr=sink, start_new_session=True
        )
    try:
        wait_for_port(port, process)
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def frozen(process: Process) -> Iterator[None]:
    """With everything it started, while the block runs: nothing is done, and what there is to do waits."""
    os.killpg(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGCONT)


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, *, seconds: float = 3_600) -> str:
    """Runs to the end and returns what was printed; raises with its messages when it fails.

    The longest there is, a million records, took ten minutes on the slowest machine so far.
    """
    whole = {**os.environ, **(environment or {})}
    done = subprocess.run(
        command, env=whole, cwd=REPOSITORY, capture_output=True, text=True, timeout=seconds, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
