# SPDX-License-Identifier: GPL-3.0-or-later
"""Many connections that were used once and are kept open: what they cost while nothing happens."""
import pathlib
import resource
import select
import socket
import tempfile
import time

from runner.processes import Failure, on_cores, split_cores
from runner.targets import Target, start_gateway

CONNECTIONS = 10_000
IDLE_SECONDS = 15
QUICK_CONNECTIONS = 500
QUICK_IDLE_SECONDS = 2
OWN_DESCRIPTORS = 200  # of this program and of the gateway, beside the connections
REQUEST = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def measure(programs, is_quick, say):
    """How many connections there were, of them those that stayed open, the CPU as a share of one core, and memory."""
    wanted = QUICK_CONNECTIONS if is_quick else CONNECTIONS
    seconds = QUICK_IDLE_SECONDS if is_quick else IDLE_SECONDS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = wanted if hard == resource.RLIM_INFINITY else max(1, min(wanted, hard - OWN_DESCRIPTORS))
    measuring_cores, measured_cores = split_cores()
    connections = []
    say("idle: gateway")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the gateway inherits it
    try:
        with tempfile.TemporaryDirectory(prefix="lunargate-bench-") as folder, on_cores(measuring_cores):
            nobody = Target("direct", 9, None)  # no request goes on to it
            with on_cores(measured_cores):
                gateway = start_gateway(programs, pathlib.Path(folder), nobody, "gateway")
            try:
                time.sleep(0.3)
                before_mib = gateway.server.memory_mib("VmRSS")
                for _ in range(count):
                    connections.append(_used_connection(gateway.port))
                time.sleep(1)  # what is done right after an answer
                before = gateway.server.cpu_seconds()
                time.sleep(seconds)
                cpu = gateway.server.cpu_seconds() - before
                after_mib = gateway.server.memory_mib("VmRSS")
                is_open = count - _count_closed(connections)
            finally:
                gateway.server.stop()
                for connection in connections:
                    connection.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return {"wanted": wanted, "connections": count, "open_at_the_end": is_open, "descriptor_limit": hard, "seconds": seconds,
            "cpu_percent": cpu / seconds * 100, "before_mib": before_mib, "after_mib": after_mib}


def _used_connection(port):
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout=5)
        connection.sendall(REQUEST)
        answer = b""
        while b"\r\n\r\n" not in answer or not answer.endswith(b"}"):
            piece = connection.recv(4096)
            if not piece:
                raise Failure("idle: the gateway closed a connection")
            answer += piece
    except OSError as problem:
        raise Failure(f"idle: {problem}") from problem
    return connection


def _count_closed(connections):
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    return len(poll.poll(0))
