# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, measuring and stopping the programs of a run."""
import contextlib
import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """Something did not start or did not answer; the text says what."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def split_cores(placement="split"):
    """The cores for the measuring programs, and those for the measured one.

    `split`: one for the former, the others for the latter. Where the scheduler puts two programs that wake each other
    decides about the cost of a wake-up: left to itself the same run is 10 or 45 µs a request. With a single core there
    is nothing to split. `two`: two for the measured one, if there are at least as many others; else all for both.
    `all`: all for both.
    """
    cores = sorted(os.sched_getaffinity(0))
    if placement == "split":
        return {cores[0]}, set(cores[1:]) or {cores[0]}
    if placement == "two" and len(cores) >= 4:
        return set(cores[:-2]), set(cores[-2:])
    return set(cores), set(cores)


@contextlib.contextmanager
def on_cores(cores):
    """What is started meanwhile runs on these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Server:
    """A program that runs until stop(), with its output in a file. Its figures include its child processes."""

    running = []

    def __init__(self, command, log, environment=None):
        self.log = pathlib.Path(log)
        with open(self.log, "wb") as output:
            # A session of its own: Ctrl+C goes to this program alone, which then stops the others in order.
            self.process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True, env=environment)
        Server.running.append(self)

    def stop(self):
        """Asks it to end, insists after five seconds."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # what is left of its session, if anything
        except ProcessLookupError:
            pass
        self.process.wait()
        if self in Server.running:
            Server.running.remove(self)

    @staticmethod
    def stop_all():
        for server in list(Server.running):
            server.stop()

    def wait_until(self, is_ready, seconds=10):
        end = time.monotonic() + seconds
        while not is_ready():
            if self.process.poll() is not None:
                raise Failure(f"{self.process.args[0]} ended with status {self.process.returncode}:\n{self.output()}")
            if time.monotonic() > end:
                raise Failure(f"{self.process.args[0]} did not answer within {seconds} s:\n{self.output()}")
            time.sleep(0.001)

    def output(self):
        return self.log.read_text(errors="replace")[-4000:]

    def _processes(self):
        waiting, found = [self.process.pid], []
        while waiting:
            pid = waiting.pop()
            try:
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                    waiting += [int(child) for child in (task / "children").read_text().split()]
                found.append(pid)
            except OSError:  # it ended meanwhile
                continue
        return found

    def cpu_seconds(self):
        """User and system time of all processes and threads so far (proc_pid_stat(5), fields 14 and 15)."""
        ticks = 0
        for pid in self._processes():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_PER_SECOND

    def thread_seconds(self):
        """Likewise, by thread, of those that run now."""
        seconds = {}
        for pid in self._processes():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                fields = (task / "stat").read_text().rpartition(")")[2].split()
                seconds[task.name] = (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
        return seconds

    def memory_mib(self, field):
        """`VmRSS` (now) or `VmHWM` (peak) summed over all processes, in MiB."""
        kib = 0
        for pid in self._processes():
            match = re.search(rf"^{field}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
            kib += int(match[1]) if match else 0
        return kib / 1024


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers_health(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
