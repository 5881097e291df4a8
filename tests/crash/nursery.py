"""python -m tests.crash.nursery <workers> <arguments of gunicorn>: the program is read once, and whoever dies is born again.

Forked as by `consent serve`, without the pause of its supervisor: the next one is to die soon.
"""

import multiprocessing
import sys
import time

from consent.serve import read_the_program, run_gunicorn
from tests.crash import worker

FORK = multiprocessing.get_context("fork")


def born(what, *arguments):
    process = FORK.Process(target=what, args=arguments)
    process.start()
    return process


def main():
    count, *arguments = sys.argv[1:]
    read_the_program()
    born(run_gunicorn, arguments)  # gunicorn replaces its own dead
    workers = [born(worker.main) for _ in range(int(count))]
    while True:
        workers = [each if each.is_alive() else born(worker.main) for each in workers]
        time.sleep(0.05)


if __name__ == "__main__":
    main()
