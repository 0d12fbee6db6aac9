# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider on a bad day: OpenAI's chat and embeddings and Anthropic's Messages, with faults by chance."""
import asyncio
import collections
import random

from soak import truth
from soak.wire import LONGEST_HEAD, Broken, encode, read_exactly, read_head, reset

# How often each is dealt, of all calls that get one.
FAULTS = {"status 500": 2, "status 503": 2, "status 429": 2, "status 400": 1, "close": 1, "reset": 2, "silence": 1,
          "slow": 6, "cut": 3, "stall": 1, "reset midway": 2, "malformed": 2, "error event": 2, "missing end": 2}
HARMLESS = ("none", "slow")
LONGEST_PAUSE = 0.03  # seconds between two pieces
LONGEST_WAIT = 0.6  # of a slow answer


class Upstream:
    """Remembers what it dealt to which question, and what is going on."""

    def __init__(self, chance, fault_share):
        self.chance = chance
        self.fault_share = fault_share
        self.dealt = collections.defaultdict(list)  # question -> faults, in order
        self.counts = collections.Counter()
        self.running = 0
        self._writers = {}  # writer -> the task that serves it
        self._server = None

    async def listen(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST_HEAD)
        return self._server.sockets[0].getsockname()[1]

    @property
    def connections(self):
        return len(self._writers)

    async def close(self):
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._writers.values(), return_exceptions=True)

    async def _serve(self, reader, writer):
        self._writers[writer] = asyncio.current_task()
        try:
            while (head := await read_head(reader)) is not None:
                first, headers = head
                body = await read_exactly(reader, int(headers.get("content-length", "0")))
                self.running += 1
                try:
                    await _Answer(self, reader, writer, first.split()[1], body).give()
                finally:
                    self.running -= 1
                if writer.is_closing():
                    break
        except (Broken, OSError):
            pass  # the gateway left: its client did, or its time was over
        finally:
            del self._writers[writer]
            writer.close()

    def deal(self, number):
        fault = "none"
        if self.chance.random() < self.fault_share:
            fault = self.chance.choices(list(FAULTS), FAULTS.values())[0]
        self.dealt[number].append(fault)
        self.counts[fault] += 1
        return fault


class _Answer:
    def __init__(self, upstream, reader, writer, path, body):
        self.upstream, self.reader, self.writer = upstream, reader, writer
        self.chance = random.Random(upstream.chance.random())
        self.number = truth.number_in(body)
        self.fault = upstream.deal(self.number)
        self.is_stream = b'"stream":true' in body.replace(b" ", b"")
        self.protocol = {"/v1/messages": _Messages, "/v1/embeddings": _Embeddings}.get(path, _Chat)

    async def give(self):
        if self.fault.startswith("status"):
            return await self._status(int(self.fault.split()[1]))
        if self.fault == "close":
            self.writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
            return self.writer.close()
        if self.fault == "reset":
            return reset(self.writer)
        if self.fault == "silence":
            return await self._until_gone()
        if self.fault == "slow":
            await asyncio.sleep(self.chance.uniform(0, LONGEST_WAIT))
        await (self._stream() if self.is_stream else self._whole())

    async def _status(self, status):
        later = "Retry-After: 0\r\n" if status == 429 else ""
        body = encode(self.protocol.error(f"dealt {status}"))
        await self._write(f"HTTP/1.1 {status} Dealt\r\nContent-Type: application/json\r\n{later}"
                          f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    async def _whole(self):
        body = encode(self.protocol.whole(self.number))
        if self.fault == "malformed":
            body = b"{oops" + body
        elif self.fault == "error event":
            body = encode(self.protocol.error("dealt in a 200"))
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        if self.fault in ("cut", "stall", "reset midway", "missing end"):
            await self._write(head + body[:len(body) // 2])
            return await self._break()
        await self._write(head + body)

    async def _stream(self):
        await self._write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        pieces = truth.pieces(self.number)
        middle = self.chance.randrange(len(pieces))
        for place, piece in enumerate(pieces):
            if place == middle and self.fault in ("cut", "stall", "reset midway"):
                return await self._break()
            if place == middle and self.fault == "malformed":
                await self._event(b"data: {oops\n\n")
            if place == middle and self.fault == "error event":
                await self._event(self.protocol.error_event("dealt in a stream"))
                return await self._write(b"0\r\n\r\n")
            await self._event(self.protocol.event(self.number, place, piece))
            await asyncio.sleep(self.chance.uniform(0, LONGEST_PAUSE))
        if self.fault != "missing end":
            await self._event(self.protocol.end(len(pieces)))
        await self._write(b"0\r\n\r\n")

    async def _break(self):
        if self.fault == "stall":
            await self._until_gone()
        elif self.fault == "reset midway":
            reset(self.writer)
        else:
            self.writer.close()

    async def _until_gone(self):
        while await self.reader.read(4096):
            pass
        self.writer.close()

    async def _event(self, event):
        await self._write(f"{len(event):x}\r\n".encode() + event + b"\r\n")

    async def _write(self, data):
        if self.reader.at_eof():
            raise Broken("nobody listens")
        self.writer.write(data)
        await self.writer.drain()


class _Chat:
    @staticmethod
    def error(message):
        return {"error": {"message": message, "type": "dealt", "code": None, "param": None}}

    @staticmethod
    def whole(number):
        message = {"role": "assistant", "content": truth.answer(number)}
        return {"id": f"chatcmpl-{number}", "object": "chat.completion", "created": 1, "model": "soak-model",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30}}

    @staticmethod
    def _event(number, choices, **more):
        chunk = {"id": f"chatcmpl-{number}", "object": "chat.completion.chunk", "created": 1, "model": "soak-model",
                 "choices": choices, **more}
        return b"data: " + encode(chunk) + b"\n\n"

    @classmethod
    def event(cls, number, place, piece):
        role = {"role": "assistant"} if place == 0 else {}
        return cls._event(number, [{"index": 0, "delta": {**role, "content": piece}, "finish_reason": None}])

    @classmethod
    def error_event(cls, message):
        return b"data: " + encode(cls.error(message)) + b"\n\n"

    @classmethod
    def end(cls, count):
        usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": 10 + count}
        return (cls._event(0, [{"index": 0, "delta": {}, "finish_reason": "stop"}]) + cls._event(0, [], usage=usage)
                + b"data: [DONE]\n\n")


class _Embeddings(_Chat):
    @staticmethod
    def whole(number):
        return {"object": "list", "model": "soak-model", "usage": {"prompt_tokens": 3, "total_tokens": 3},
                "data": [{"object": "embedding", "index": 0, "embedding": truth.vector(number)}]}


class _Messages:
    @staticmethod
    def error(message):
        return {"type": "error", "error": {"type": "api_error", "message": message}}

    @staticmethod
    def _message(number, content, stop_reason):
        return {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": "soak-model", "content": content,
                "stop_reason": stop_reason, "stop_sequence": None, "usage": {"input_tokens": 10, "output_tokens": 20}}

    @classmethod
    def whole(cls, number):
        return cls._message(number, [{"type": "text", "text": truth.answer(number)}], "end_turn")

    @staticmethod
    def _event(value):
        return b"event: " + value["type"].encode() + b"\ndata: " + encode(value) + b"\n\n"

    @classmethod
    def event(cls, number, place, piece):
        start = b""
        if place == 0:
            start = (cls._event({"type": "message_start", "message": cls._message(number, [], None)})
                     + cls._event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}))
        return start + cls._event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}})

    @classmethod
    def error_event(cls, message):
        return cls._event(cls.error(message))

    @classmethod
    def end(cls, count):
        return (cls._event({"type": "content_block_stop", "index": 0})
                + cls._event({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                              "usage": {"output_tokens": count}})
                + cls._event({"type": "message_stop"}))
