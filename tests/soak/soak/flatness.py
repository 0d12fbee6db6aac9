# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what a process holds grows while the traffic stays the same."""
import asyncio
import contextlib
import dataclasses
import itertools
import os
import pathlib
import re
import statistics
import time

WINDOWS = 8
WARM_UP = 1 / 3  # of the whole time: caches, pools and allocators fill up
FEWEST_SAMPLES = 3 * WINDOWS


@dataclasses.dataclass(frozen=True)
class Limit:
    """How much may be added after the warm-up: the larger one of both."""
    name: str
    unit: str
    least: float  # in the unit
    share: float  # of the first window's median


# Memory goes up and down with the big bodies that are there at the moment: of a sound gateway the growth is up to 4 MiB
# to either side in a run of minutes. Descriptors follow the clients' coming and going.
LIMITS = {"rss": Limit("memory (VmRSS)", "MiB", 8.0, 0.10),
          "descriptors": Limit("descriptors", "", 10, 0.10),
          "threads": Limit("threads", "", 0.5, 0)}


@dataclasses.dataclass
class Verdict:
    first: float  # the median of the first window
    last: float
    growth: float
    allowed: float

    @property
    def is_flat(self):
        return self.growth <= self.allowed


def medians_of_windows(values):
    """The medians of WINDOWS equal parts of what came after the warm-up."""
    rest = values[int(len(values) * WARM_UP):]
    edges = [len(rest) * window // WINDOWS for window in range(WINDOWS + 1)]
    return [statistics.median(rest[begin:end]) for begin, end in itertools.pairwise(edges)]


def judge(values, limit):
    """The growth from the first window to the last by the median of the slopes between any two windows (Theil and Sen),
    which a peak in a few of them does not move."""
    if len(values) < FEWEST_SAMPLES:
        raise ValueError(f"{len(values)} samples say nothing: at least {FEWEST_SAMPLES} are needed")
    medians = medians_of_windows(values)
    slopes = [(medians[later] - medians[earlier]) / (later - earlier)
              for earlier, later in itertools.combinations(range(WINDOWS), 2)]
    allowed = max(limit.least, limit.share * medians[0])
    return Verdict(medians[0], medians[-1], statistics.median(slopes) * (WINDOWS - 1), allowed)


def read_process(pid):
    """What the process holds now, by the names of LIMITS; ProcessLookupError if it has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        descriptors = os.listdir(f"/proc/{pid}/fd")
    except FileNotFoundError as gone:
        raise ProcessLookupError(pid) from gone
    memory = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    if not memory:  # nobody has asked for its exit status yet
        raise ProcessLookupError(pid)
    threads = re.search(r"^Threads:\s+(\d+)", status, re.MULTILINE)
    return {"rss": int(memory[1]) / 1024, "threads": int(threads[1]), "descriptors": len(descriptors)}


class Sampler:
    def __init__(self, pid, seconds):
        self.pid, self.seconds = pid, seconds
        self.times = []
        self.values = {name: [] for name in LIMITS}

    async def go_on(self):
        """Until the process ends."""
        with contextlib.suppress(ProcessLookupError):
            while True:
                for name, value in read_process(self.pid).items():
                    self.values[name].append(value)
                self.times.append(time.monotonic())
                await asyncio.sleep(self.seconds)

    def verdicts(self):
        return {name: judge(self.values[name], limit) for name, limit in LIMITS.items()}
