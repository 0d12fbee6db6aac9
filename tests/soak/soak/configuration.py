# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway's configuration, which is another one every few seconds. All that is kept is small, so that it is full
after the warm-up."""
import asyncio
import os
import pathlib
import signal

STRATEGIES = ("weighted", "round-robin", "random", "least-pending", "latency")

CONFIG = """
server:
  host: 127.0.0.1
  port: {port}
  shutdown_timeout: 5s
providers:
  main:
    type: openai
    base_url: http://127.0.0.1:{upstream}/v1
    api_key: soak
    timeouts: {timeouts}
    concurrency: {{limit: {limit}}}
  spare:
    type: openai
    base_url: http://127.0.0.1:{upstream}/v1
    api_key: soak
    timeouts: {timeouts}
  native:
    type: anthropic
    base_url: http://127.0.0.1:{upstream}
    api_key: soak
    timeouts: {timeouts}
  visitor-{visitor}:
    type: openai
    base_url: http://127.0.0.1:{upstream}/v1
    api_key: soak
    timeouts: {timeouts}
routing:
  default_strategy: {strategy}
  routes:
    - name: native
      match: {{path: /v1/messages, headers: {{x-soak: native}}}}
      targets: [{{provider: native, model: soak-model}}]
    - name: main
      targets: [{{provider: main, model: soak-model, weight: {weight}}}, {{provider: visitor-{visitor}, model: soak-model}}]
      fallback: [{{provider: spare, model: soak-model}}]
retry: {{max_attempts: {attempts}, initial_delay: 10ms, max_delay: 100ms}}
circuit_breaker: {{failure_threshold: 20, window: 5s, min_failure_ratio: {ratio}, open_for: 300ms}}
caching: {{enabled: true, max_size: 100, single_flight: true, streams: {streams}}}
stored_responses: {{max_entries: 100}}
history: {{path: {folder}/history.sqlite, max_count: 2000}}
logging: {{level: warn, format: json}}
"""


def text(port, upstream, folder, number):
    """The configuration of that number; every seventh cannot be used."""
    whole = CONFIG.format(
        port=port, upstream=upstream, folder=folder, visitor=number % 3, strategy=STRATEGIES[number % len(STRATEGIES)],
        limit=200 + number % 3, weight=1 + number % 4, attempts=1 + number % 3, ratio=0.8 + number % 2 / 10,
        streams="true" if number % 2 else "false",
        timeouts=f"{{connect: 2s, headers: {2000 + number % 5}ms, first_content: 3s, between_chunks: {2000 + number % 7}ms}}")
    return whole.replace("provider: spare", "provider: nobody") if number % 7 == 6 else whole


class Reloads:
    """Writes the next configuration by rename again and again, and now and then asks for it by SIGHUP too."""

    def __init__(self, path, make_text, process, seconds):
        self.path, self.make_text, self.process, self.seconds = pathlib.Path(path), make_text, process, seconds
        self.number = 0
        self.write()

    def write(self):
        following = self.path.with_suffix(".next")
        following.write_text(self.make_text(self.number))
        os.replace(following, self.path)

    async def go_on(self):
        while True:
            await asyncio.sleep(self.seconds)
            self.number += 1
            self.write()
            if self.number % 4 == 0:
                self.process().send_signal(signal.SIGHUP)
