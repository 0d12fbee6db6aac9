# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios: what is sent to each target, and what is measured meanwhile."""
import collections
import contextlib
import dataclasses
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

from runner import requests
from runner.processes import Failure, Server, answers_health, on_cores, split_cores
from runner.targets import calls_of, gateway_command, protocol_of, start, start_upstream, upstream_counts

QUICK_CHUNKS = 10
QUICK_CONNECTIONS = 300


@dataclasses.dataclass(frozen=True)
class Load:
    """One use of bench_load. Of `milliseconds` and `requests` one is 0."""
    name: str
    body: str
    connections: int
    milliseconds: int = 0
    requests: int = 0
    ramp_ms: int = 0
    is_stream: bool = False
    path: str = "/v1/chat/completions"

    def shortened(self):
        connections = min(self.connections, QUICK_CONNECTIONS)
        return dataclasses.replace(self, connections=connections, milliseconds=self.milliseconds // 4,
                                   requests=max(connections, self.requests // 3) if self.requests else 0,
                                   ramp_ms=self.ramp_ms // 4)


@dataclasses.dataclass(frozen=True)
class Scenario:
    """Loads with the same body, and what they drive beside the upstream itself."""
    name: str
    loads: tuple
    rounds: int = 3
    targets: tuple = ("nginx", "gateway")
    protocol: str = "openai"  # the clients'
    chunks: int = 50  # of a stream
    delay_ms: int = 20  # between two of them
    placement: str = "split"  # see split_cores()

    def with_rounds(self, rounds):
        """Of scenarios in which figures are compared."""
        return dataclasses.replace(self, rounds=rounds if rounds and self.rounds > 1 else self.rounds)

    def shortened(self):
        return dataclasses.replace(self, loads=tuple(load.shortened() for load in self.loads), rounds=1,
                                   chunks=min(self.chunks, QUICK_CHUNKS))

    def is_wanted(self, names):
        return any(name in names for name in ("direct", *self.targets))


TRANSPORTS = ("nginx", "gateway", "curl")
POLICIES = ("bare", "policy")
CACHE_AND_HEALTH = ("health", "cached")
TRANSLATING = ("gateway", "anthropic", "gemini")
WORKERS = ("one-worker", "two-workers")


def dialect(name, path, native):
    """Streams of clients that speak that protocol: translated to OpenAI's chat, and passed through."""
    load = Load(f"{name}-stream, 200 at a time", f"{name}_stream", 200, requests=600, ramp_ms=1000, is_stream=True, path=path)
    return Scenario(f"{name}-stream", (load,), rounds=2, targets=("gateway", native), protocol=native)


DIALECTS = (dialect("messages", "/v1/messages", "anthropic"), dialect("responses", "/v1/responses", "responses"),
            dialect("ollama", "/api/chat", "ollama"))

SCENARIOS = (
    Scenario("small", (Load("small, 1 connection", "small", 1, milliseconds=3000),
                       Load("small, 32 connections", "small", 32, milliseconds=4000))),
    Scenario("agent", (Load("agent, 1 connection", "agent", 1, milliseconds=3000),
                       Load("agent, 8 connections", "agent", 8, milliseconds=4000))),
    Scenario("transports", (Load("transports, 32 connections", "small", 32, milliseconds=4000),), targets=TRANSPORTS),
    Scenario("transports-stream", (Load("transports-stream, 200 at a time", "stream", 200, requests=600, ramp_ms=1000,
                                        is_stream=True),), rounds=2, targets=TRANSPORTS),
    # Five rounds, as the difference is small.
    Scenario("policy", (Load("policy, 32 connections", "varied", 32, milliseconds=4000),), rounds=5, targets=POLICIES),
    Scenario("cache-hit", (Load("cache-hit, 32 connections", "small", 32, milliseconds=4000),), rounds=5,
             targets=CACHE_AND_HEALTH),
    Scenario("streams", (Load("streams, 200 at a time", "stream", 200, requests=1200, ramp_ms=1000, is_stream=True),)),
    Scenario("streams300", (Load("streams300, all at once", "stream", 300, requests=300, is_stream=True),), rounds=1),
    # Short streams, so that there are enough first tokens for a 99th percentile.
    Scenario("first-token", (Load("first-token, 1 connection", "stream", 1, milliseconds=4000, is_stream=True),), chunks=3,
             delay_ms=5),
    # All are open from two seconds after the start until the sixth.
    Scenario("streams2000", (Load("streams2000, 2,000 at a time", "numbered_stream", 2000, requests=2000, ramp_ms=2000,
                                  is_stream=True),), rounds=1, targets=("all-workers",), chunks=120, delay_ms=50,
             placement="all"),
    Scenario("workers", (Load("workers, 256 connections", "small", 256, milliseconds=4000),), targets=WORKERS,
             placement="two"),
    Scenario("translate", (Load("translate, 1 connection", "agent", 1, milliseconds=3000),
                           Load("translate, 4 connections", "agent", 4, milliseconds=4000)), targets=TRANSLATING),
    Scenario("translate-stream", (Load("translate-stream, 200 at a time", "stream", 200, requests=1200, ramp_ms=1000,
                                       is_stream=True),), targets=TRANSLATING),
    *DIALECTS,
)


def _drive(programs, bodies, scenario, load, target):
    """One round: the load generator's figures with the target's CPU time a request or chunk added, in all and of the
    thread that took most."""
    what = ["--path", "/health"] if target.name == "health" else ["--body", bodies[load.body], "--path", load.path]
    command = [programs.load, "--port", target.port, *what, "--connections", load.connections, "--milliseconds", load.milliseconds,
               "--requests", load.requests, "--ramp-ms", load.ramp_ms,
               "--stream-chunks", scenario.chunks if load.is_stream else 0, "--varied", int(load.body in requests.VARIED)]
    before, threads_before = target.server.cpu_seconds(), target.server.thread_seconds()
    try:
        finished = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=90)
    except subprocess.TimeoutExpired:
        raise Failure(f"{load.name}, {target.name}: the load generator did not come to an end") from None
    cpu = target.server.cpu_seconds() - before
    busiest = max(seconds - threads_before.get(thread, 0) for thread, seconds in target.server.thread_seconds().items())
    if not finished.stdout:
        raise Failure(f"{load.name}, {target.name}: {finished.stderr}")
    result = json.loads(finished.stdout)
    units = result["chunks"] if load.is_stream else result["completed"]
    result["cpu_us"] = cpu * 1e6 / units if units else 0.0
    result["busiest_thread_us"] = busiest * 1e6 / units if units else 0.0
    return result


def _median(rounds, *keys):
    def value(result):
        for key in keys:
            result = result[key]
        return result
    return statistics.median(value(result) for result in rounds)


def _pace(result):
    """Chunks a second of one stream."""
    seconds = result["completed"] * result["latency"]["p50"] / 1e6
    return result["chunks"] / seconds if seconds else 0.0


def _summary(load, rounds):
    """The medians of the rounds; what failed is summed up."""
    timed = "transit" if load.is_stream else "latency"
    problems = {}
    for result in rounds:
        for problem, count in result["problems"].items():
            problems[problem] = problems.get(problem, 0) + count
    summary = {
        "completed": sum(result["completed"] for result in rounds),
        "failed": sum(result["failed"] for result in rounds),
        "problems": problems,
        "cpu_us": _median(rounds, "cpu_us"),
        "busiest_thread_us": _median(rounds, "busiest_thread_us"),
        "p50_us": _median(rounds, timed, "p50"),
        "p99_us": _median(rounds, timed, "p99"),
        "max_us": max(result[timed]["max"] for result in rounds),
        "per_second": _median(rounds, "per_second"),
    }
    if load.is_stream:
        summary |= {
            "per_second": statistics.median(result["chunks"] / result["seconds"] for result in rounds),
            "chunks": sum(result["chunks"] for result in rounds),
            "peak_streams": min(result["peak_streams"] for result in rounds),
            "first_chunk_p50_us": _median(rounds, "first_chunk", "p50"),
            "first_chunk_p99_us": _median(rounds, "first_chunk", "p99"),
            "largest_gap_us": max(result["largest_gap"] for result in rounds),
            "largest_stall_us": max(result["largest_stall"] for result in rounds),
            "stalled": sum(result["stalled"] for result in rounds),
            "pace": statistics.median(_pace(result) for result in rounds),
        }
    return summary


def _measure(programs, bodies, scenario, load, targets, say):
    results = {target.name: [] for target in targets}
    for _ in range(scenario.rounds):  # in turn, so that a noisy moment does not hit one target only
        for target in targets:
            say(f"{load.name}: {target.name}")
            results[target.name].append(_drive(programs, bodies, scenario, load, target))
    summaries = {name: _summary(load, rounds) for name, rounds in results.items()}
    for name, summary in summaries.items():
        if name == "direct":
            continue
        for figure in ("p50_us", "p99_us", "first_chunk_p50_us", "first_chunk_p99_us"):
            if figure in summary:
                summary["added_" + figure] = summary[figure] - summaries["direct"][figure]
    for other in ("nginx", "gateway", "bare", "health"):
        if summaries.get(other, {}).get("cpu_us"):
            for name in set(summaries) - {"direct", "nginx", other}:
                summaries[name][f"cpu_to_{other}"] = summaries[name]["cpu_us"] / summaries[other]["cpu_us"]
    return summaries


def run(scenario, programs, bodies, names, say):
    """All loads of a scenario against fresh programs. Returns {"loads", "memory_mib", "upstream", "body_bytes",
    "shares_cores"}; what the upstream saw in a protocol stands beside "answered", the requests of which the answers
    arrived."""
    measuring_cores, measured_cores = split_cores(scenario.placement)
    with contextlib.ExitStack() as cleanup:
        cleanup.enter_context(on_cores(measuring_cores))
        folder = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="lunargate-bench-")))
        upstream = start_upstream(programs, folder, scenario.chunks, scenario.delay_ms)
        cleanup.callback(upstream.server.stop)
        targets = [upstream]
        for name in scenario.targets:
            if name in names:
                with on_cores(measured_cores):
                    targets.append(start(name, programs, folder, upstream))
                cleanup.callback(targets[-1].server.stop)

        time.sleep(0.3)  # what programs do right after their start is not idle memory
        memory = {target.name: {"idle": target.server.memory_mib("VmRSS")} for target in targets}
        # Buffers, pools and pages that are touched for the first time are not the cost of a request.
        first = scenario.loads[0]
        warm_up = dataclasses.replace(first, name="warm-up", connections=8, milliseconds=0, ramp_ms=0,
                                      requests=8 if first.is_stream else 200)
        answered = collections.Counter()
        for target in targets:
            answered[target.name] += _drive(programs, bodies, scenario, warm_up, target)["completed"]
            memory[target.name]["before"] = target.server.memory_mib("VmRSS")
        loads = {}
        for load in scenario.loads:
            loads[load.name] = _measure(programs, bodies, scenario, load, targets, say)
            for name, summary in loads[load.name].items():
                answered[name] += summary["completed"]
        for target in targets:
            memory[target.name] |= {"after": target.server.memory_mib("VmRSS"), "peak": target.server.memory_mib("VmHWM")}
        upstream.server.stop()
        counts = upstream_counts(upstream)
        for protocol, requests in counts["requests"].items():
            requests["answered"] = sum(calls_of(name, count) for name, count in answered.items()
                                       if protocol_of(name, scenario.protocol) == protocol)
        return {"loads": loads, "memory_mib": memory, "upstream": counts,
                "body_bytes": bodies[scenario.loads[0].body].stat().st_size,
                "shares_cores": bool(measuring_cores & measured_cores)}


def startup(programs, is_quick, say):
    """Milliseconds from the start of the gateway until /health answers, and its memory then; medians."""
    times, memories = [], []
    for _ in range(3 if is_quick else 9):
        say("startup: gateway")
        with tempfile.TemporaryDirectory(prefix="lunargate-bench-") as name:
            folder = pathlib.Path(name)
            command, environment, port = gateway_command(programs, folder, upstream_port=9)  # nobody calls it
            begin = time.monotonic()
            server = Server(command, folder / "gateway.log", environment)
            try:
                server.wait_until(lambda: answers_health(port))
                times.append((time.monotonic() - begin) * 1000)
                time.sleep(0.3)
                memories.append(server.memory_mib("VmRSS"))
            finally:
                server.stop()
    return {"listening_ms": statistics.median(times), "slowest_ms": max(times), "idle_mib": statistics.median(memories)}
