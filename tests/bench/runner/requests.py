# SPDX-License-Identifier: GPL-3.0-or-later
"""The request bodies: the same bytes on every run."""
import json
import random

SMALL_BYTES = 1024
AGENT_BYTES = 512 * 1024
AGENT_MESSAGES = 60
AGENT_TOOLS = 25

# Text as agents send it: words, indented code with quotes and tabs to escape, and letters beyond ASCII.
PIECES = (
    "Look at the file, find why the test fails, and mend the cause. ",
    "The user asked for a short answer with the names of the functions. ",
    'if (value == "none") {\n\treturn std::unexpected(Error{"missing"});\n}\n',
    "diff --git a/gateway/json/writer.cpp b/gateway/json/writer.cpp\n",
    "Prüfe auch die Größe der Antwort – sie darf 10 MiB nicht überschreiten.\n",
    "日本語のコメントもそのまま残してください。\n",
    '{"path": "C:\\\\work\\\\gateway", "lines": [1, 2, 3]}\n',
)


VARIED = ("varied", "numbered_stream")  # of which bench_load makes another one for each request


def _encode(body):
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _padded(body, set_text, size):
    """`body` with a text that makes its JSON exactly `size` bytes long."""
    set_text("")
    set_text("x" * (size - len(_encode(body))))
    return _encode(body)


def small():
    message = {"role": "user", "content": ""}
    body = {"model": "bench-model", "messages": [{"role": "system", "content": "Be brief."}, message]}
    return _padded(body, lambda text: message.update(content=text), SMALL_BYTES)


def varied():
    """As small, with digits of which bench_load makes another number in each request, so that none is cached."""
    return small().replace(b"x" * 16, b"0" * 16, 1)


def stream():
    return _encode({
        "model": "bench-model",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [{"role": "user", "content": "Count slowly."}],
    })


def numbered_stream():
    """As stream, with the digits of varied() behind the words by which the upstream finds a request's number."""
    return stream().replace(b"Count slowly.", b"request number " + b"0" * 16)


def messages_stream():
    return _encode({
        "model": "bench-model",
        "max_tokens": 1024,
        "stream": True,
        "messages": [{"role": "user", "content": "Count slowly."}],
    })


def responses_stream():
    return _encode({"model": "bench-model", "stream": True, "store": False, "input": "Count slowly."})


def ollama_stream():
    return _encode({
        "model": "bench-model",
        "stream": True,
        "messages": [{"role": "user", "content": "Count slowly."}],
    })


def _tool(number, chance):
    properties = {
        f"argument_{name}": {"type": chance.choice(("string", "integer", "boolean")), "description": chance.choice(PIECES)}
        for name in range(6)
    }
    return {
        "type": "function",
        "function": {
            "name": f"tool_{number:02}",
            "description": "".join(chance.choices(PIECES, k=4)),
            "parameters": {"type": "object", "properties": properties, "required": ["argument_0"]},
        },
    }


def _message(number, chance, size):
    """Turns of a coding agent: the user speaks, the assistant calls a tool, the tool answers at length."""
    kind = number % 3
    call = f"call_{number // 3:04}"
    text = ""
    while len(text.encode()) < (size if kind == 2 else size // 4):
        text += chance.choice(PIECES)
    if kind == 0:
        return {"role": "user", "content": text}
    if kind == 1:
        arguments = json.dumps({"argument_0": text}, ensure_ascii=False)
        function = {"name": f"tool_{number % AGENT_TOOLS:02}", "arguments": arguments}
        return {"role": "assistant", "content": None, "tool_calls": [{"id": call, "type": "function", "function": function}]}
    return {"role": "tool", "tool_call_id": call, "content": text}


def agent():
    chance = random.Random(20261123)
    last = {"role": "user", "content": ""}
    messages = [{"role": "system", "content": "".join(chance.choices(PIECES, k=200))}]
    # 19 turns of three messages share what system, tools and the last message leave; their JSON is a little longer
    # than their text, so that the padding of the last message always has room.
    messages += [_message(number, chance, 14_500) for number in range(AGENT_MESSAGES - 2)]
    messages.append(last)
    body = {
        "model": "bench-model",
        "messages": messages,
        "tools": [_tool(number, chance) for number in range(AGENT_TOOLS)],
        "temperature": 0.2,
    }
    return _padded(body, lambda text: last.update(content=text), AGENT_BYTES)


def write_all(folder):
    """Writes the bodies into `folder`; returns name -> path."""
    paths = {}
    for make in (small, varied, stream, numbered_stream, messages_stream, responses_stream, ollama_stream, agent):
        paths[make.__name__] = folder / f"{make.__name__}.json"
        paths[make.__name__].write_bytes(make())
    return paths
