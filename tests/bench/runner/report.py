# SPDX-License-Identifier: GPL-3.0-or-later
"""What is printed: the table, what went wrong, and the goals."""

COLUMNS = ("", "CPU µs", "/ nginx", "/ gateway", "p50 µs", "p99 µs", "added p50", "added p99", "per s")

# A translated body says the same in other words: no escaped arguments, other names around them.
LEAST_SHARE = {"openai": 1.0, "responses": 1.0, "anthropic": 0.8, "gemini": 0.8, "ollama": 0.8}

# Of clients that speak other protocols: the target that speaks the same.
NATIVE = {"messages": "anthropic", "responses": "responses", "ollama": "ollama"}


def _number(value, digits=0):
    return "" if value is None else f"{value:,.{digits}f}"


def _ratio(value):
    return "" if value is None else f"{value:.1f}x"


def table(results):
    rows = [COLUMNS]
    for result in results.values():
        for load, targets in result.get("loads", {}).items():
            for name, figures in targets.items():
                rows.append((
                    f"{load}: {name}",
                    # What the fake upstream itself costs says nothing about a gateway.
                    "" if name == "direct" else _number(figures["cpu_us"], 1),
                    _ratio(figures.get("cpu_to_nginx")), _ratio(figures.get("cpu_to_gateway")),
                    _number(figures["p50_us"]), _number(figures["p99_us"]),
                    _number(figures.get("added_p50_us")), _number(figures.get("added_p99_us")),
                    _number(figures["per_second"]),
                ))
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                       for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
    return "\n".join(lines)


def memory(results):
    lines = []
    for name, result in results.items():
        for target, figures in result.get("memory_mib", {}).items():
            if target != "direct":
                lines.append(f"{name}: {target} idle {figures['idle']:.1f} MiB, after {figures['after']:.1f}, "
                             f"peak {figures['peak']:.1f}")
    return "\n".join(lines)


def problems(results):
    """What was lost, changed or sent more than once; empty if all is well."""
    found = []
    for name, result in results.items():
        for load, targets in result.get("loads", {}).items():
            for target, figures in targets.items():
                found += [f"{load}, {target}: {count} x {problem}" for problem, count in figures["problems"].items()]
                if figures["completed"] == 0:
                    found.append(f"{load}, {target}: nothing was completed")
        if "upstream" not in result:
            continue
        if result["upstream"]["refused"]:
            found.append(f"{name}: the upstream refused {result['upstream']['refused']} requests")
        for protocol, requests in result["upstream"]["requests"].items():
            served = requests["completions"] + requests["streams"]
            if served != requests["answered"]:
                found.append(f"{name}: the upstream got {served} {protocol} requests for {requests['answered']} answers")
            # A gateway may add members to a body (for example stream_options) or shorten the model's name, no more.
            least = result["body_bytes"] * LEAST_SHARE[protocol] - 64
            if served and requests["smallest_body"] < least:
                found.append(f"{name}: a request in {protocol} reached the upstream with {requests['smallest_body']} bytes "
                             f"of {result['body_bytes']}")
    return found


def goals(results):
    """(goal, measured, is met) of everything that was measured."""
    found = []

    def measured(scenario, load, target="gateway"):
        return results.get(scenario, {}).get("loads", {}).get(load, {}).get(target)

    for scenario, load, limit in (("small", "small, 32 connections", 25), ("agent", "agent, 4 connections", 8)):
        figures = measured(scenario, load)
        if figures and "cpu_to_nginx" in figures:
            found.append((f"{scenario}: at most {limit} times nginx's CPU", f"{figures['cpu_to_nginx']:.1f}",
                          figures["cpu_to_nginx"] <= limit))
    for scenario, load in (("small", "small, 1 connection"), ("agent", "agent, 1 connection")):
        figures = measured(scenario, load)
        if figures:
            # A delayed acknowledgement that meets Nagle's algorithm costs 40 ms on Linux: half of that is a stall.
            added = figures["added_p99_us"] / 1000
            found.append((f"{scenario}: no stall at one connection (added p99 below 20 ms)", f"{added:.2f} ms", added < 20))
    figures = measured("streams300", "streams300, all at once")
    if figures:
        is_met = figures["completed"] == 300 and figures["failed"] == 0 and figures["peak_streams"] == 300
        found.append(("300 streams at a time, all complete and in order",
                      f"{figures['completed']} complete, {figures['peak_streams']} at a time", is_met))
    for scenario, load in (("translate", "translate, 4 connections"),
                           ("translate-stream", "translate-stream, 200 at a time")):
        for target in ("anthropic", "gemini"):
            figures = measured(scenario, load, target)
            if figures and "cpu_to_gateway" in figures:
                found.append((f"{scenario}: {target} at most 2 times the CPU of passing through",
                              f"{figures['cpu_to_gateway']:.1f}", figures["cpu_to_gateway"] <= 2))
    chat = measured("streams", "streams, 200 at a time")
    for dialect, native in NATIVE.items():
        for target, way in (("gateway", "translated"), (native, "passed through")):
            figures = measured(f"{dialect}-stream", f"{dialect}-stream, 200 at a time", target)
            if figures and chat and chat["cpu_us"]:
                ratio = figures["cpu_us"] / chat["cpu_us"]
                found.append((f"{dialect}-stream: {way} at most 2 times the CPU of chat that is passed through",
                              f"{ratio:.1f}", ratio <= 2))
    figures = measured("policy", "policy, 32 connections", "policy")
    if figures and "cpu_to_bare" in figures:
        found.append(("policy: auth, limits, cache, circuits and model selection cost at most 15 % more CPU",
                      f"{(figures['cpu_to_bare'] - 1) * 100:+.0f} %", figures["cpu_to_bare"] <= 1.15))
    figures = measured("cache-hit", "cache-hit, 32 connections", "cached")
    if figures and "cpu_to_health" in figures:
        found.append(("cache-hit: at most 1.3 times the CPU of /health", f"{figures['cpu_to_health']:.2f}",
                      figures["cpu_to_health"] <= 1.3))
    if "startup" in results:
        start = results["startup"]
        found.append(("idle memory headless at most 40 MiB", f"{start['idle_mib']:.1f} MiB", start["idle_mib"] <= 40))
        found.append(("listening within 150 ms of the start", f"{start['listening_ms']:.0f} ms", start["listening_ms"] <= 150))
    if "desktop" in results:
        window = results["desktop"]
        found.append(("window drawn within 400 ms of the start", f"{window['visible_ms']:.0f} ms", window["visible_ms"] <= 400))
        found.append(("memory with the window at most 120 MiB", f"{window['window_mib']:.1f} MiB", window["window_mib"] <= 120))
        found.append(("idle with the window at most 0.5 % of a core", f"{window['idle_percent']:.2f} %",
                      window["idle_percent"] <= 0.5))
    return found
