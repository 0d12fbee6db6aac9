# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of a soak."""
from soak.flatness import LIMITS
from soak.judge import ERROR, LATE, WHOLE, WRONG
from soak.visits import LEFT

VERDICTS = (WHOLE, ERROR, LEFT, LATE, WRONG)


def _table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                               for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows)


def traffic(counts):
    rows = [("asked", "", "whole", "error", "left", "late", "wrong")]
    for name, verdicts in counts.items():
        rows.append((name, f"{verdicts.total():,}", *(f"{verdicts[verdict]:,}" for verdict in VERDICTS)))
    total = [sum(verdicts[verdict] for verdicts in counts.values()) for verdict in VERDICTS]
    rows.append(("together", f"{sum(total):,}", *(f"{count:,}" for count in total)))
    return _table(rows)


def dealt(counts):
    return "the provider did: " + ", ".join(f"{fault} {count:,}" for fault, count in counts.most_common())


def resources(verdicts):
    rows = [("after the warm-up", "first", "last", "growth", "allowed", "")]
    for name, verdict in verdicts.items():
        limit = LIMITS[name]
        rows.append((f"{limit.name} {limit.unit}".strip(), f"{verdict.first:.1f}", f"{verdict.last:.1f}", f"{verdict.growth:+.1f}",
                     f"{verdict.allowed:.1f}", "flat" if verdict.is_flat else "GROWS"))
    return _table(rows)
