# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked and what the only right answer is: both follow from the question's number."""
import re

# Questions below this number are asked again and again, so that the cache has their answers; all others once.
REPEATED = 40
FIRST_UNIQUE = 1000

_NUMBER = re.compile(rb"question (\d+)\.")


def question(number):
    return f"question {number}."


def number_in(body):
    """Of the last question in a request's body (bytes); None if there is none."""
    found = _NUMBER.findall(body)
    return int(found[-1]) if found else None


def pieces(number):
    """The answer, piece by piece, as it is streamed."""
    return [f"<{number}.{place}> said a model in its {place}. piece; " for place in range(3 + number % 8)]


def answer(number):
    return "".join(pieces(number))


def vector(number):
    """The embedding: numbers that every JSON library writes and reads exactly."""
    return [float((number * factor) % 256) / 8 for factor in (3, 5, 7, 11, 13, 17)]
