# SPDX-License-Identifier: GPL-3.0-or-later
"""The program with its window on a display of its own (Xvfb): when it is seen, what it takes."""
import pathlib
import statistics
import struct
import tempfile
import time

from runner.processes import Failure, Server
from runner.targets import gateway_command

WIDTH, HEIGHT = 1280, 800
IDLE_SECONDS = 20
QUICK_IDLE_SECONDS = 3


class Display:
    """Nobody sees it; what is on it stands in a file (XWD, as xwd(1) writes it)."""

    def __init__(self, folder):
        self.number = next(number for number in range(90, 190) if not pathlib.Path(f"/tmp/.X11-unix/X{number}").exists())
        self.pixels = folder / "Xvfb_screen0"
        self.server = Server(["Xvfb", f":{self.number}", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp",
                              "-noreset", "-fbdir", folder], folder / "xvfb.log")
        self.server.wait_until(lambda: pathlib.Path(f"/tmp/.X11-unix/X{self.number}").exists() and self.pixels.exists())

    def has_window(self):
        """Whether the middle of the left half, where the navigation is, is drawn: an empty display is black."""
        with open(self.pixels, "rb") as file:
            header = struct.unpack(">25I", file.read(100))
            header_size, bytes_per_line, colours = header[0], header[12], header[19]
            file.seek(header_size + 12 * colours + bytes_per_line * (HEIGHT // 2) + 4 * 80)
            return file.read(3) != b"\0\0\0"


def measure(programs, is_quick, say):
    """Milliseconds from the start of the program until its window is drawn, its memory then, its CPU while idle."""
    times, memories = [], []
    with tempfile.TemporaryDirectory(prefix="lunargate-bench-") as name:
        folder = pathlib.Path(name)
        try:
            display = Display(folder)
        except OSError as problem:
            raise Failure(f"Xvfb: {problem}") from problem
        try:
            for run in range(1 if is_quick else 9):
                say("desktop: gateway")
                server, elapsed = _start(programs, folder, display)
                try:
                    times.append(elapsed * 1000)
                    time.sleep(2)
                    memories.append(server.memory_mib("VmRSS"))
                    if run == 0:
                        idle = _idle_share(server, QUICK_IDLE_SECONDS if is_quick else IDLE_SECONDS)
                finally:
                    server.stop()
                display.server.wait_until(lambda: not display.has_window())
        finally:
            display.server.stop()
    return {"visible_ms": statistics.median(times), "slowest_ms": max(times), "window_mib": statistics.median(memories),
            "idle_percent": idle * 100}


def _start(programs, folder, display):
    command, environment, _ = gateway_command(programs, folder, upstream_port=9)  # nobody calls it
    command.remove("--no-gui")
    environment |= {"DISPLAY": f":{display.number}", "QT_QPA_PLATFORM": "xcb"}
    begin = time.monotonic()
    server = Server(command, folder / "desktop.log", environment)
    try:
        server.wait_until(display.has_window)
    except BaseException:
        server.stop()
        raise
    return server, time.monotonic() - begin


def _idle_share(server, seconds):
    """Of one core."""
    before = server.cpu_seconds()
    time.sleep(seconds)
    return (server.cpu_seconds() - before) / seconds
