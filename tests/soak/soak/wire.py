# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 as far as both sides of the soak need it (RFC 9112)."""
import asyncio
import json
import socket
import struct

LONGEST_HEAD = 64 * 1024
PATIENCE = 30  # seconds without a byte, after which an answer counts as lost


class Broken(Exception):
    """The other side closed or reset the connection, or what it sent is no HTTP; the text says which."""


def reset(writer):
    """Ends a connection with RST: what is on its way may be lost."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def read_head(reader):
    """(first line, headers with lower-case names); None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise Broken("closed within a head") from end
        return None
    except (asyncio.LimitOverrunError, OSError) as problem:
        raise Broken(str(problem)) from problem
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    return first, {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


async def read_exactly(reader, size):
    try:
        return await reader.readexactly(size)
    except (asyncio.IncompleteReadError, OSError) as problem:
        raise Broken("closed within a body") from problem


async def body_pieces(reader, headers):
    """The pieces of a body as they come, without the chunks' framing."""
    if headers.get("transfer-encoding", "").lower() != "chunked":
        yield await read_exactly(reader, int(headers.get("content-length", "0")))
        return
    while True:
        size = await _chunk_size(reader)
        if size:
            yield await read_exactly(reader, size)
        if await read_exactly(reader, 2) != b"\r\n":
            raise Broken("a chunk without its end")
        if not size:
            return


async def _chunk_size(reader):
    try:
        return int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError) as problem:
        raise Broken("closed within a body") from problem
    except ValueError as problem:
        raise Broken("no size of a chunk") from problem


class Client:
    """A connection that is kept between requests, and opened anew when it is not there."""

    def __init__(self, port):
        self.port = port
        self.reader = self.writer = None

    async def open(self):
        if self.writer is None or self.writer.is_closing() or self.reader.at_eof():
            self.leave()
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LONGEST_HEAD)

    def leave(self, with_reset=False):
        if self.writer is not None:
            reset(self.writer) if with_reset else self.writer.close()
        self.reader = self.writer = None

    def head(self, path, headers, size):
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Content-Type: application/json",
                 f"Content-Length: {size}", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def send(self, data):
        self.writer.write(data)
        try:
            await asyncio.wait_for(self.writer.drain(), PATIENCE)
        except (OSError, TimeoutError) as problem:
            raise Broken("the request was not taken") from problem

    async def answer(self):
        """(status, headers) of the answer that is next."""
        head = await asyncio.wait_for(read_head(self.reader), PATIENCE)
        if head is None:
            raise Broken("closed without an answer")
        first, headers = head
        return int(first.split()[1]), headers

    async def pieces(self, headers):
        source = body_pieces(self.reader, headers).__aiter__()
        while True:
            try:
                yield await asyncio.wait_for(source.__anext__(), PATIENCE)
            except StopAsyncIteration:
                return

    async def post(self, path, headers, body):
        """(status, headers, whole body)."""
        await self.open()
        await self.send(self.head(path, headers, len(body)) + body)
        status, answered = await self.answer()
        whole = b"".join([piece async for piece in self.pieces(answered)])
        return status, answered, whole


async def get_text(port, path):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        _, headers = await asyncio.wait_for(read_head(reader), PATIENCE)
        return b"".join([piece async for piece in body_pieces(reader, headers)]).decode()
    finally:
        writer.close()


def encode(value):
    return json.dumps(value, separators=(",", ":")).encode()
