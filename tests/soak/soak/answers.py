# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client makes of an answer, in each protocol: its text, whether it ended in order, and the error it told."""
import dataclasses
import json


@dataclasses.dataclass
class Reading:
    text: str = ""
    is_ended: bool = False  # as the protocol wants a successful answer to end
    error: str = ""  # as JSON
    problem: str = ""  # what makes no sense

    def take(self, text, is_ended, error):
        if self.is_ended or self.error:
            self.problem = self.problem or "something behind the end"
        self.text += text
        self.is_ended = is_ended
        self.error = error


def _chat(value):
    if "error" in value:
        return "", False, json.dumps(value)
    text = "".join(choice.get("delta", {}).get("content") or "" for choice in value["choices"])
    return text, False, ""


def _messages(value):
    if value["type"] == "error":
        return "", False, json.dumps(value)
    text = value["delta"].get("text", "") if value["type"] == "content_block_delta" else ""
    return text, value["type"] == "message_stop", ""


def _responses(value):
    if value["type"] in ("error", "response.failed"):
        return "", False, json.dumps(value)
    text = value["delta"] if value["type"] == "response.output_text.delta" else ""
    return text, value["type"] == "response.completed", ""


def _ollama(value):
    if "error" in value:
        return "", False, json.dumps(value)
    return value.get("message", {}).get("content", ""), value["done"], ""


_EVENTS = {"chat": _chat, "messages": _messages, "responses": _responses, "ollama": _ollama}


def read_event(protocol, value, reading):
    """One event of a stream, as its JSON."""
    try:
        reading.take(*_EVENTS[protocol](value))
    except (KeyError, TypeError, AttributeError) as problem:
        reading.problem = reading.problem or f"an event that makes no sense ({problem!r}): {json.dumps(value)[:200]}"


def read_stream(protocol, body):
    """A whole stream (bytes), as far as it came."""
    reading = Reading()
    separator = b"\n" if protocol == "ollama" else b"\n\n"
    *events, rest = body.split(separator)
    if rest:
        reading.problem = f"half an event at the end: {rest[:200]!r}"
    for event in events:
        lines = event.split(b"\n") if protocol != "ollama" else [b"data: " + event]
        data = b"\n".join(line[5:].lstrip() for line in lines if line.startswith(b"data:"))
        if data == b"[DONE]":
            reading.take("", True, reading.error)
        elif data:
            try:
                read_event(protocol, json.loads(data), reading)
            except ValueError:
                reading.problem = reading.problem or f"an event that is no JSON: {data[:200]!r}"
    return reading


def read_whole(protocol, body):
    """An answer that was not streamed (bytes), of status 200."""
    try:
        value = json.loads(body)
        if protocol == "chat":
            choice, = value["choices"]
            return Reading(choice["message"]["content"], choice["finish_reason"] == "stop")
        if protocol == "messages":
            return Reading("".join(part["text"] for part in value["content"]), value["stop_reason"] == "end_turn")
        if protocol == "responses":
            texts = [part["text"] for item in value["output"] if item["type"] == "message" for part in item["content"]]
            return Reading("".join(texts), value["status"] == "completed")
        if protocol == "ollama":
            return Reading(value["message"]["content"], value["done"])
        return Reading(json.dumps(value["data"][0]["embedding"]), len(value["data"]) == 1)
    except (ValueError, KeyError, TypeError, IndexError) as problem:
        return Reading(problem=f"a whole answer that makes no sense ({problem!r}): {body[:200]!r}")


def read_error(body):
    """Of another status."""
    try:
        value = json.loads(body)
    except ValueError:
        return Reading(problem=f"an error that is no JSON: {body[:200]!r}")
    if not isinstance(value, dict) or not value.get("error"):
        return Reading(problem=f"an error without its object: {body[:200]!r}")
    return Reading(error=json.dumps(value))
