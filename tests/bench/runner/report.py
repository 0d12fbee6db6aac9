# SPDX-License-Identifier: GPL-3.0-or-later
"""What is printed: the table, and what went wrong. The goals are in goals.py."""

COLUMNS = ("", "CPU µs", "/ nginx", "/ gateway", "p50 µs", "p99 µs", "added p50", "added p99", "per s")

# A translated body says the same in other words: no escaped arguments, other names around them.
LEAST_SHARE = {"openai": 1.0, "responses": 1.0, "anthropic": 0.8, "gemini": 0.8, "ollama": 0.8}


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
    if "idle" in results:
        idle = results["idle"]
        lines.append(f"idle: gateway with {idle['connections']} open connections {idle['after_mib']:.1f} MiB, "
                     f"before {idle['before_mib']:.1f}")
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
        if "open_at_the_end" in result and result["open_at_the_end"] < result["connections"]:
            found.append(f"{name}: {result['connections'] - result['open_at_the_end']} of {result['connections']} idle "
                         "connections were closed")
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
