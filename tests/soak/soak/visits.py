# SPDX-License-Identifier: GPL-3.0-or-later
"""The traffic: what clients ask, how they behave, and what is thought of the answers."""
import asyncio
import collections
import json

from soak import truth
from soak.answers import Reading, read_error, read_event, read_stream, read_whole
from soak.judge import ERROR, WHOLE, WRONG, judge
from soak.websocket import WebSocket
from soak.wire import Broken, Client, encode

LEFT = "left"
BIG_BYTES = (1_000_000, 4_000_000)
LONGEST_THOUGHT = 0.05  # seconds between two visits of a client
KEPT_PROBLEMS = 5  # of each kind
CONTENT_TYPES = {"ollama": "application/x-ndjson"}

# What is asked: its name, how often, the protocol, and the path.
KINDS = (("chat, whole", 6, "chat", "/v1/chat/completions"),
         ("chat, stream", 8, "chat", "/v1/chat/completions"),
         ("chat, repeated", 4, "chat", "/v1/chat/completions"),
         ("chat, big body", 1, "chat", "/v1/chat/completions"),
         ("messages, whole", 2, "messages", "/v1/messages"),
         ("messages, stream", 3, "messages", "/v1/messages"),
         ("messages, native", 3, "messages", "/v1/messages"),
         ("responses, whole", 2, "responses", "/v1/responses"),
         ("responses, stream", 3, "responses", "/v1/responses"),
         ("responses, WebSocket", 1, "responses", "/v1/responses"),
         ("ollama, whole", 2, "ollama", "/api/chat"),
         ("ollama, stream", 3, "ollama", "/api/chat"),
         ("embeddings", 3, "embeddings", "/v1/embeddings"))


def body_of(protocol, number, is_stream, padding=0):
    text = "x" * padding + truth.question(number)
    if protocol == "embeddings":
        return encode({"model": "soak-model", "input": text, "encoding_format": "float"})
    if protocol == "responses":
        return encode({"model": "soak-model", "input": text, "stream": is_stream, "store": number % 2 == 0})
    more = {"max_tokens": 100} if protocol == "messages" else {}
    return encode({"model": "soak-model", "stream": is_stream, "messages": [{"role": "user", "content": text}], **more})


class Traffic:
    """Clients that ask one question after the other until they are told to stop."""

    def __init__(self, port, upstream, chance):
        self.port, self.upstream, self.chance = port, upstream, chance
        self.counts = {name: collections.Counter() for name, *_ in KINDS}
        self.problems = []
        self.next_number = truth.FIRST_UNIQUE
        self.is_stopping = False

    async def client(self):
        connection = Client(self.port)
        try:
            while not self.is_stopping:
                kind = self.chance.choices(KINDS, [kind[1] for kind in KINDS])[0]
                await self.visit(connection, kind)
                await asyncio.sleep(self.chance.uniform(0, LONGEST_THOUGHT))
        finally:
            connection.leave()

    async def visit(self, connection, kind):
        """One question, or one session, of that row of KINDS."""
        name, _, protocol, path = kind
        number = self._number(name)
        try:
            if name.endswith("WebSocket"):
                await self._session(number, name, path)
            else:
                await self._ask(connection, number, name, protocol, path)
        except (Broken, OSError, TimeoutError) as problem:
            connection.leave()
            self._count(name, number, WRONG, f"{problem!r}, the provider did {self.upstream.dealt.get(number)}")

    def _number(self, name):
        if name.endswith("repeated"):
            return self.chance.randrange(truth.REPEATED)
        self.next_number += 1
        return self.next_number

    async def _ask(self, connection, number, name, protocol, path):
        is_stream = name.endswith("stream") or (name.endswith("native") and number % 2 == 0)
        body = body_of(protocol, number, is_stream, self.chance.randint(*BIG_BYTES) if "big" in name else 0)
        headers = {"X-Soak": "native"} if name.endswith("native") else {}
        await connection.open()
        request = connection.head(path, headers, len(body)) + body
        if self.chance.random() < 0.08:
            return await self._leave_early(connection, name, number, request)
        await connection.send(request)
        status, answered = await connection.answer()
        leaves_after = self.chance.randint(1, 4) if is_stream and self.chance.random() < 0.15 else None
        pause = self.chance.uniform(0, 0.05) if self.chance.random() < 0.1 else 0  # between two pieces: a slow reader
        received = b""
        async for piece in connection.pieces(answered):
            received += piece
            if leaves_after is not None and received.count(b"\n") >= leaves_after:
                connection.leave(with_reset=self.chance.random() < 0.5)
                return self._count(name, number, LEFT)
            if pause:
                await asyncio.sleep(pause)
        if status != 200:
            reading = read_error(received)
        elif not is_stream:
            reading = read_whole(protocol, received)
        elif not answered.get("content-type", "").startswith(CONTENT_TYPES.get(protocol, "text/event-stream")):
            reading = Reading(problem=f"a stream of type {answered.get('content-type')}")
        else:
            reading = read_stream(protocol, received)
        self._judge(name, number, protocol, status, reading)

    async def _leave_early(self, connection, name, number, request):
        """In the middle of the request, or before the answer."""
        is_whole = self.chance.random() < 0.7
        await connection.send(request if is_whole else request[:self.chance.randrange(len(request))])
        await asyncio.sleep(self.chance.uniform(0, 0.1))
        connection.leave(with_reset=self.chance.random() < 0.5)
        self._count(name, number, LEFT)

    async def _session(self, number, name, path):
        """Up to four turns on one WebSocket, each going on from the one before, if that was answered."""
        session = WebSocket()
        previous = None
        try:
            await session.open(self.port, path)
            for _ in range(self.chance.randint(1, 4)):
                create = {"type": "response.create", "model": "soak-model", "store": False, "input": truth.question(number)}
                await session.send(create | ({"previous_response_id": previous} if previous else {}))
                if self.chance.random() < 0.1:
                    return self._count(name, number, LEFT)
                status, reading, previous = await self._turn(session)
                self._judge(name, number, "responses", status, reading)
                number = self._number(name)
            await session.close()
        finally:
            session.leave()

    @staticmethod
    async def _turn(session):
        """(status, reading, the response's id)."""
        reading, status, response = Reading(), 200, None
        while not (reading.is_ended or reading.error or reading.problem):
            message = await session.receive()
            if message["type"] == "error":
                status = message.get("status", 200)
            read_event("responses", message, reading)
            if reading.is_ended:
                response = message["response"]["id"]
        return status, reading, response

    def _judge(self, name, number, protocol, status, reading):
        expected = json.dumps(truth.vector(number)) if protocol == "embeddings" else truth.answer(number)
        if protocol == "embeddings" and not reading.problem and not reading.error:
            reading.text = json.dumps([float(value) for value in json.loads(reading.text)])
        self._count(name, number, *judge(number, expected, status, reading, self.upstream.dealt.get(number, [])))

    def _count(self, name, number, verdict, why=""):
        self.counts[name][verdict] += 1
        if verdict == WRONG:
            if self.counts[name][WRONG] <= KEPT_PROBLEMS:
                self.problems.append(f"{name}, question {number}: {why}")
        if number >= truth.FIRST_UNIQUE and verdict in (WHOLE, ERROR):
            self.upstream.dealt.pop(number, None)

    def total(self, verdict):
        return sum(counts[verdict] for counts in self.counts.values())
