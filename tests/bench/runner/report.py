# SPDX-License-Identifier: GPL-3.0-or-later
"""What is printed: the table, what went wrong, and the goals."""

COLUMNS = ("", "CPU µs", "/ nginx", "p50 µs", "p99 µs", "added p50", "added p99", "per s")


def _number(value, digits=0):
    return "" if value is None else f"{value:,.{digits}f}"


def table(results):
    rows = [COLUMNS]
    for result in results.values():
        for load, targets in result.get("loads", {}).items():
            for name, figures in targets.items():
                ratio = figures.get("cpu_ratio")
                rows.append((
                    f"{load}: {name}",
                    # What the fake upstream itself costs says nothing about a gateway.
                    "" if name == "direct" else _number(figures["cpu_us"], 1),
                    "" if ratio is None else f"{ratio:.1f}x",
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


def problems(results, body_bytes):
    """What was lost, changed or sent more than once; empty if all is well."""
    found = []
    for name, result in results.items():
        for load, targets in result.get("loads", {}).items():
            for target, figures in targets.items():
                found += [f"{load}, {target}: {count} x {problem}" for problem, count in figures["problems"].items()]
                if figures["completed"] == 0:
                    found.append(f"{load}, {target}: nothing was completed")
        upstream = result.get("upstream")
        # A gateway may add members to a body (for example stream_options) or shorten the model's name, no more.
        if upstream and upstream["smallest_body"] < body_bytes[name] - 64:
            found.append(f"{name}: a request reached the upstream with {upstream['smallest_body']} bytes of {body_bytes[name]}")
        if upstream and upstream["refused"]:
            found.append(f"{name}: the upstream refused {upstream['refused']} requests")
        if upstream and upstream["completions"] + upstream["streams"] > upstream["completed"]:
            found.append(f"{name}: the upstream got {upstream['completions'] + upstream['streams']} requests for "
                         f"{upstream['completed']} answers")
    return found


def goals(results):
    """(goal, measured, is met) of everything that was measured."""
    found = []

    def gateway(scenario, load):
        return results.get(scenario, {}).get("loads", {}).get(load, {}).get("gateway")

    for scenario, load, limit in (("small", "small, 32 connections", 25), ("agent", "agent, 4 connections", 8)):
        figures = gateway(scenario, load)
        if figures and "cpu_ratio" in figures:
            found.append((f"{scenario}: at most {limit} times nginx's CPU", f"{figures['cpu_ratio']:.1f}",
                          figures["cpu_ratio"] <= limit))
    for scenario, load in (("small", "small, 1 connection"), ("agent", "agent, 1 connection")):
        figures = gateway(scenario, load)
        if figures:
            # A delayed acknowledgement that meets Nagle's algorithm costs 40 ms on Linux: half of that is a stall.
            added = figures["added_p99_us"] / 1000
            found.append((f"{scenario}: no stall at one connection (added p99 below 20 ms)", f"{added:.2f} ms", added < 20))
    figures = gateway("streams300", "streams300, all at once")
    if figures:
        is_met = figures["completed"] == 300 and figures["failed"] == 0 and figures["peak_streams"] == 300
        found.append(("300 streams at a time, all complete and in order",
                      f"{figures['completed']} complete, {figures['peak_streams']} at a time", is_met))
    if "startup" in results:
        start = results["startup"]
        found.append(("idle memory headless at most 40 MiB", f"{start['idle_mib']:.1f} MiB", start["idle_mib"] <= 40))
        found.append(("listening within 150 ms of the start", f"{start['listening_ms']:.0f} ms", start["listening_ms"] <= 150))
    return found
