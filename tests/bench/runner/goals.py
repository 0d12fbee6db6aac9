# SPDX-License-Identifier: GPL-3.0-or-later
"""The goals of docs/performance.md: (goal, measured, is met) of everything that was measured."""

# Of clients that speak other protocols: the target that speaks the same.
NATIVE = {"messages": "anthropic", "responses": "responses", "ollama": "ollama"}

LEAST_PACE = 19  # chunks a second of a stream that has 20, with the time until its first


def goals(results):
    parts = (_cpu_beside_nginx, _added_beside_nginx, _no_stalls, _first_token, _streams300, _streams2000, _idle_connections,
             _cache, _workers, _policy, _translations, _dialects, _start, _window)
    return [goal for part in parts for goal in part(results)]


def _measured(results, scenario, load, target="gateway"):
    return results.get(scenario, {}).get("loads", {}).get(load, {}).get(target)


def _cpu_beside_nginx(results):
    for scenario, load, limit, what in (("small", "small, 32 connections", 4.0, ""), ("agent", "agent, 8 connections", 4.0, ""),
                                        ("streams", "streams, 200 at a time", 2.0, ", a chunk")):
        figures = _measured(results, scenario, load)
        if figures and "cpu_to_nginx" in figures:
            yield (f"{scenario}: at most {limit:.1f} times nginx's CPU{what}", f"{figures['cpu_to_nginx']:.2f}",
                   figures["cpu_to_nginx"] <= limit)


def _added_beside_nginx(results):
    load = "small, 1 connection"
    gateway, nginx = _measured(results, "small", load), _measured(results, "small", load, "nginx")
    if not gateway or not nginx:
        return
    for percentile in ("p50", "p99"):
        ours, theirs = gateway[f"added_{percentile}_us"], nginx[f"added_{percentile}_us"]
        ratio = f"{ours / theirs:.2f}" if theirs > 0 else "no ratio"
        yield (f"small: added {percentile} at one connection at most 3.0 times nginx's",
               f"{ratio} ({ours:.0f} µs, nginx {theirs:.0f} µs)", ours <= 3 * max(theirs, 0))


def _no_stalls(results):
    for scenario in ("small", "agent"):
        figures = _measured(results, scenario, f"{scenario}, 1 connection")
        if figures:
            # A delayed acknowledgement that meets Nagle's algorithm costs 40 ms on Linux: half of that is a stall.
            added = figures["added_p99_us"] / 1000
            yield f"{scenario}: no stall at one connection (added p99 below 20 ms)", f"{added:.2f} ms", added < 20


def _first_token(results):
    figures = _measured(results, "first-token", "first-token, 1 connection")
    if figures:
        added = figures["added_first_chunk_p99_us"]
        yield "first-token: added p99 of the time to first token at most 300 µs", f"{added:.0f} µs", added <= 300


def _streams300(results):
    figures = _measured(results, "streams300", "streams300, all at once")
    if figures:
        is_met = figures["completed"] == 300 and figures["failed"] == 0 and figures["peak_streams"] == 300
        yield ("300 streams at a time, all complete and in order",
               f"{figures['completed']} complete, {figures['peak_streams']} at a time", is_met)


def _streams2000(results):
    load, target = "streams2000, 2,000 at a time", "all-workers"
    figures, direct = _measured(results, "streams2000", load, target), _measured(results, "streams2000", load, "direct")
    if not figures:
        return
    lost = figures["failed"]  # broken off, incomplete or with another one's chunk
    is_met = (lost == 0 and figures["stalled"] == 0 and figures["completed"] >= 2000 and figures["peak_streams"] >= 2000
              and figures["pace"] >= LEAST_PACE)
    yield ("streams2000: none of 2,000 streams lost, stalled (250 ms beyond the upstream) or mixed up",
           f"{lost} lost or mixed up, {figures['stalled']} stalled, {figures['peak_streams']} at a time, "
           f"{figures['pace']:.1f} chunks a second each (without a gateway {direct['stalled']} stalled, "
           f"{direct['peak_streams']} at a time, {direct['pace']:.1f})", is_met)
    memory = results["streams2000"]["memory_mib"][target]
    if figures["peak_streams"]:
        kib = (memory["peak"] - memory["before"]) * 1024 / figures["peak_streams"]
        yield "streams2000: at most 40 KiB of memory per open stream", f"{kib:.1f} KiB", kib <= 40


def _idle_connections(results):
    if "idle" not in results:
        return
    idle = results["idle"]
    measured = f"{idle['cpu_percent']:.2f} % over {idle['seconds']} s with {idle['connections']}"
    is_cut = idle["connections"] < idle["wanted"]
    if is_cut:
        measured += f", as this machine allows only {idle['descriptor_limit']} open files (ulimit -Hn)"
    yield ("idle: 10,000 idle keep-alive connections cost at most 1 % of a core", measured,
           idle["cpu_percent"] <= 1 and not is_cut)


def _cache(results):
    figures = _measured(results, "cache-hit", "cache-hit, 32 connections", "cached")
    if figures and "cpu_to_health" in figures:
        yield ("cache-hit: at most 1.2 times the CPU of /health", f"{figures['cpu_to_health']:.2f}",
               figures["cpu_to_health"] <= 1.2)


def _workers(results):
    one = _measured(results, "workers", "workers, 256 connections", "one-worker")
    two = _measured(results, "workers", "workers, 256 connections", "two-workers")
    if not one or not two or not one["per_second"] or not two["busiest_thread_us"]:
        return
    seen = two["per_second"] / one["per_second"]
    # Where load and upstream take what the second worker would: as if each thread had a core of its own.
    by_cpu = one["busiest_thread_us"] / two["busiest_thread_us"]
    if results["workers"]["shares_cores"]:
        measured = (f"{by_cpu:.2f} a CPU second of the busiest thread ({seen:.2f} a second: load and upstream share the "
                    "cores)")
        ratio = by_cpu
    else:
        measured, ratio = f"{seen:.2f} a second ({by_cpu:.2f} a CPU second of the busiest thread)", seen
    yield "workers: two answer at least 1.7 times the requests of one", measured, ratio >= 1.7


def _policy(results):
    figures = _measured(results, "policy", "policy, 32 connections", "policy")
    if figures and "cpu_to_bare" in figures:
        yield ("policy: auth, limits, cache, circuits and model selection cost at most 15 % more CPU",
               f"{(figures['cpu_to_bare'] - 1) * 100:+.0f} %", figures["cpu_to_bare"] <= 1.15)


def _translations(results):
    for scenario, load in (("translate", "translate, 4 connections"),
                           ("translate-stream", "translate-stream, 200 at a time")):
        for target in ("anthropic", "gemini"):
            figures = _measured(results, scenario, load, target)
            if figures and "cpu_to_gateway" in figures:
                yield (f"{scenario}: {target} at most 2 times the CPU of passing through",
                       f"{figures['cpu_to_gateway']:.1f}", figures["cpu_to_gateway"] <= 2)


def _dialects(results):
    chat = _measured(results, "streams", "streams, 200 at a time")
    for dialect, native in NATIVE.items():
        for target, way in (("gateway", "translated"), (native, "passed through")):
            figures = _measured(results, f"{dialect}-stream", f"{dialect}-stream, 200 at a time", target)
            if figures and chat and chat["cpu_us"]:
                ratio = figures["cpu_us"] / chat["cpu_us"]
                yield (f"{dialect}-stream: {way} at most 2 times the CPU of chat that is passed through",
                       f"{ratio:.1f}", ratio <= 2)


def _start(results):
    if "startup" in results:
        start = results["startup"]
        yield "startup: idle memory headless at most 25 MiB", f"{start['idle_mib']:.1f} MiB", start["idle_mib"] <= 25
        yield ("startup: /health answered within 80 ms of the start", f"{start['listening_ms']:.0f} ms",
               start["listening_ms"] <= 80)


def _window(results):
    if "desktop" in results:
        window = results["desktop"]
        yield "window drawn within 400 ms of the start", f"{window['visible_ms']:.0f} ms", window["visible_ms"] <= 400
        yield "memory with the window at most 120 MiB", f"{window['window_mib']:.1f} MiB", window["window_mib"] <= 120
        yield "idle with the window at most 0.5 % of a core", f"{window['idle_percent']:.2f} %", window["idle_percent"] <= 0.5
