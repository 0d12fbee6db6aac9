# SPDX-License-Identifier: GPL-3.0-or-later
"""A client's side of a WebSocket (RFC 6455): texts, pings and the close, nothing that is fragmented."""
import asyncio
import base64
import json
import os
import struct

from soak.wire import LONGEST_HEAD, PATIENCE, Broken, encode, read_exactly, read_head

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class WebSocket:
    def __init__(self):
        self.reader = self.writer = None

    async def open(self, port, path):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, limit=LONGEST_HEAD)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                           f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        head = await asyncio.wait_for(read_head(self.reader), PATIENCE)
        if head is None or " 101 " not in head[0] + " ":
            raise Broken(f"no WebSocket: {head}")

    async def send(self, value):
        await self._send_frame(TEXT, encode(value))

    async def receive(self):
        """The next text, as its JSON."""
        while True:
            opcode, data = await asyncio.wait_for(self._frame(), PATIENCE)
            if opcode == TEXT:
                return json.loads(data)
            if opcode == PING:
                await self._send_frame(PONG, data)
            elif opcode == CLOSE:
                raise Broken(f"the WebSocket was closed: {data!r}")

    async def close(self):
        await self._send_frame(CLOSE, struct.pack(">H", 1000))
        while (await asyncio.wait_for(self._frame(), PATIENCE))[0] != CLOSE:
            pass
        self.writer.close()

    def leave(self):
        if self.writer is not None:
            self.writer.close()

    async def _send_frame(self, opcode, data):
        mask = os.urandom(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack(">BH", 0x80 | 126, len(data))
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
        self.writer.write(bytes([0x80 | opcode]) + length + mask + masked)
        await self.writer.drain()

    async def _frame(self):
        first, length = await read_exactly(self.reader, 2)
        if length == 126:
            length, = struct.unpack(">H", await read_exactly(self.reader, 2))
        elif length == 127:
            length, = struct.unpack(">Q", await read_exactly(self.reader, 8))
        return first & 0x0F, await read_exactly(self.reader, length)
