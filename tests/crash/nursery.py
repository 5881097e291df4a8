"""python -m tests.crash.nursery <workers> <arguments of gunicorn>: the program is read once, and whoever dies is born again.

Forked as by `consent serve`, without the pause of its supervisor: the next one is to die soon.
"""

import multiprocessing
import runpy
import sys
import time

from consent.serve import read_the_program
from tests.crash import worker

FORK = multiprocessing.get_context("fork")


def web(arguments):
    sys.argv[1:] = arguments
    runpy.run_module("gunicorn", run_name="__main__", alter_sys=True)


def born(what, *arguments):
    process = FORK.Process(target=what, args=arguments)
    process.start()
    return process


def main():
    count, *arguments = sys.argv[1:]
    read_the_program()
    born(web, arguments)  # gunicorn replaces its own dead
    workers = [born(worker.main) for _ in range(int(count))]
    while True:
        workers = [each if each.is_alive() else born(worker.main) for each in workers]
        time.sleep(0.05)


if __name__ == "__main__":
    main()
