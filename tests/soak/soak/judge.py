# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether an answer is whole and right, a truthful error, or wrong."""
from soak import truth
from soak.answers import Reading
from soak.upstream import HARMLESS

WHOLE, ERROR, LATE, WRONG = "whole", "error", "late", "wrong"

# Statuses that come from one fault only; a 503 may also come from an open circuit, all others from any fault.
CAUSES = {400: "status 400", 429: "status 429"}
STATUSES = (400, 429, 500, 502, 503, 504)


def judge(number, expected, status, reading: Reading, dealt):
    """(verdict, why it is wrong). `dealt`: what the provider did with this question so far, in order."""
    is_repeated = number < truth.REPEATED  # whose answer may be an earlier one's
    if reading.problem:
        return WRONG, reading.problem
    if reading.error:
        return _judge_error(expected, status, reading, dealt)
    if status != 200:
        return WRONG, f"status {status} without an error"
    if not reading.is_ended:
        return WRONG, "an answer without an end and without an error"
    if reading.text != expected:
        return WRONG, f"another text: {reading.text[:120]!r} instead of {expected[:120]!r}"
    if not is_repeated and (not dealt or dealt[-1] not in HARMLESS):
        return WRONG, f"a whole answer, though the provider did {dealt}"
    return WHOLE, ""


def _judge_error(expected, status, reading, dealt):
    if status != 200 and status not in STATUSES:
        return WRONG, f"status {status}: {reading.error[:300]}"
    if not expected.startswith(reading.text):
        return WRONG, f"another text before the error: {reading.text[:120]!r}"
    if status in CAUSES and CAUSES[status] not in dealt:
        return WRONG, f"status {status}, though the provider did {dealt}: {reading.error[:300]}"
    if status == 503 or any(fault not in HARMLESS for fault in dealt):
        return ERROR, ""
    if "timeout" in reading.error:
        return LATE, ""  # this machine was too slow for a time limit
    return WRONG, f"an error without a cause (status {status}): {reading.error[:300]}"
