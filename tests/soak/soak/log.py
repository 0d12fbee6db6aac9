# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gateway's log must not have, whatever providers and clients do."""
import json

# Of others than the gateway itself come warnings of Qt and of libraries, which are mistakes of ours.
CATEGORIES = {"access", "app", "async", "collector", "config", "history", "http", "pipeline", "providers",
              "remote_control", "resilience", "routing", "security", "telemetry", "upstream"}
KEPT = 20
REJECTED = "config"  # a configuration that cannot be used is told as an error


def problems(text):
    """The first lines that are wrong, KEPT at most."""
    found = []
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            is_wrong = entry["category"] not in CATEGORIES or (entry["level"] == "error" and entry["category"] != REJECTED)
        except (ValueError, KeyError, TypeError):
            is_wrong = True  # a crash, an assertion, a sanitizer, QWARN
        if is_wrong and len(found) < KEPT:
            found.append(f"log: {line[:500]}")
    return found
