#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""That a soak notices what leaks, what is wrong and what is left open; and that all is well with sound figures."""
import asyncio
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "tests" / "soak")]
sys.dont_write_bytecode = True

from soak import configuration, flatness, log, report, truth  # noqa: E402
from soak.answers import Reading, read_error, read_stream, read_whole  # noqa: E402
from soak.judge import ERROR, LATE, WHOLE, WRONG, judge  # noqa: E402
from soak.upstream import FAULTS, HARMLESS, Upstream  # noqa: E402
from soak.visits import KINDS, Traffic, body_of  # noqa: E402
from soak.wire import Client  # noqa: E402

NUMBER = truth.FIRST_UNIQUE + 5
ANSWER = truth.answer(NUMBER)


class Flatness(unittest.TestCase):
    """Samples of ten minutes, one a second."""

    def samples(self, at, noise=0.0):
        chance = random.Random(1)
        return [at(second) + chance.uniform(-noise, noise) for second in range(600)]

    def is_flat(self, name, samples):
        return flatness.judge(samples, flatness.LIMITS[name]).is_flat

    def test_noise_is_flat(self):
        self.assertTrue(self.is_flat("rss", self.samples(lambda second: 60, noise=5)))
        self.assertTrue(self.is_flat("descriptors", self.samples(lambda second: 60, noise=20)))
        self.assertTrue(self.is_flat("threads", self.samples(lambda second: 6)))

    def test_what_is_filled_during_the_warm_up_is_flat(self):
        self.assertTrue(self.is_flat("rss", self.samples(lambda second: 20 + min(second, 190) / 2, noise=1)))

    def test_a_leak_of_memory_is_noticed(self):
        self.assertFalse(self.is_flat("rss", self.samples(lambda second: 60 + second / 30, noise=5)))

    def test_a_leak_of_descriptors_is_noticed(self):
        self.assertFalse(self.is_flat("descriptors", self.samples(lambda second: 40 + second // 25, noise=8)))

    def test_a_leak_of_threads_is_noticed(self):
        self.assertFalse(self.is_flat("threads", self.samples(lambda second: 6 + second // 200)))

    def test_a_leak_in_steps_is_noticed(self):
        self.assertFalse(self.is_flat("rss", self.samples(lambda second: 60 + second // 150 * 6)))

    def test_a_peak_is_no_leak(self):
        self.assertTrue(self.is_flat("rss", self.samples(lambda second: 160 if 400 < second < 500 else 60)))

    def test_what_shrinks_is_no_leak(self):
        self.assertTrue(self.is_flat("rss", self.samples(lambda second: 160 - second / 10)))

    def test_too_few_samples_say_nothing(self):
        with self.assertRaises(ValueError):
            flatness.judge([60] * (flatness.FEWEST_SAMPLES - 1), flatness.LIMITS["rss"])

    def test_the_summary_names_what_grows(self):
        verdicts = {"threads": flatness.judge(self.samples(lambda second: 6 + second // 200), flatness.LIMITS["threads"])}
        self.assertIn("GROWS", report.resources(verdicts))


class Sampling(unittest.TestCase):
    def test_what_a_process_holds_is_read(self):
        held = flatness.read_process(os.getpid())
        self.assertEqual(set(held), set(flatness.LIMITS))
        self.assertGreater(held["rss"], 1)
        self.assertGreaterEqual(held["descriptors"], 3)
        self.assertEqual(held["threads"], 1)

    def test_a_process_that_has_ended_is_told_as_such(self):
        ended = subprocess.Popen(["true"])
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        with self.assertRaises(ProcessLookupError):
            flatness.read_process(ended.pid)
        ended.wait()
        with self.assertRaises(ProcessLookupError):
            flatness.read_process(ended.pid)

    def test_samples_end_with_the_process(self):
        with subprocess.Popen(["sleep", "60"]) as program:
            sampler = flatness.Sampler(program.pid, 0.01)

            async def run():
                reading = asyncio.create_task(sampler.go_on())
                while len(sampler.times) < 3:
                    await asyncio.sleep(0.01)
                program.kill()
                await asyncio.wait_for(reading, 10)
            asyncio.run(run())
        self.assertEqual({len(values) for values in sampler.values.values()}, {len(sampler.times)})


class Judging(unittest.TestCase):
    def verdict(self, status=200, reading=None, dealt=("none",), number=NUMBER):
        return judge(number, truth.answer(number), status, reading or Reading(truth.answer(number), True), list(dealt))[0]

    def test_a_whole_answer_is_well(self):
        self.assertEqual(self.verdict(), WHOLE)
        self.assertEqual(self.verdict(dealt=("cut", "slow")), WHOLE)

    def test_another_text_is_wrong(self):
        for text in (ANSWER[:-1], ANSWER + "x", truth.answer(NUMBER + 1), ""):
            self.assertEqual(self.verdict(reading=Reading(text, True)), WRONG)

    def test_an_answer_without_an_end_is_wrong(self):
        self.assertEqual(self.verdict(reading=Reading(ANSWER)), WRONG)

    def test_an_answer_that_the_provider_did_not_give_is_wrong(self):
        for fault in FAULTS:
            if fault not in HARMLESS:
                self.assertEqual(self.verdict(dealt=("none", fault)), WRONG, fault)
        self.assertEqual(self.verdict(dealt=()), WRONG)

    def test_a_repeated_answer_may_be_an_earlier_one(self):
        self.assertEqual(self.verdict(dealt=("none", "cut"), number=3), WHOLE)

    def test_an_error_needs_its_cause(self):
        error = Reading(error='{"error":{"message":"no"}}')
        self.assertEqual(self.verdict(502, error, ("cut",)), ERROR)
        self.assertEqual(self.verdict(502, error, ("none",)), WRONG)
        self.assertEqual(self.verdict(400, error, ("status 400",)), ERROR)
        self.assertEqual(self.verdict(400, error, ("cut",)), WRONG)
        self.assertEqual(self.verdict(429, error, ("status 500",)), WRONG)
        self.assertEqual(self.verdict(503, error, ()), ERROR)  # an open circuit
        self.assertEqual(self.verdict(404, error, ("cut",)), WRONG)

    def test_a_timeout_of_a_slow_machine_is_told_apart(self):
        self.assertEqual(self.verdict(502, Reading(error='{"error":{"code":"header_timeout"}}'), ("none",)), LATE)

    def test_a_broken_stream_has_the_beginning_of_the_answer(self):
        error = '{"error":{"message":"cut"}}'
        self.assertEqual(self.verdict(reading=Reading(ANSWER[:10], False, error), dealt=("cut",)), ERROR)
        self.assertEqual(self.verdict(reading=Reading("other", False, error), dealt=("cut",)), WRONG)


class Answers(unittest.TestCase):
    def test_streams_are_read_in_every_protocol(self):
        streams = {"chat": b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n: wait\n\ndata: [DONE]\n\n',
                   "messages": b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"a"}}\n\n'
                               b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
                   "responses": b'event: x\ndata: {"type":"response.output_text.delta","delta":"a"}\n\n'
                                b'event: x\ndata: {"type":"response.completed"}\n\n',
                   "ollama": b'{"message":{"content":"a"},"done":false}\n{"message":{"content":""},"done":true}\n'}
        for protocol, stream in streams.items():
            self.assertEqual(read_stream(protocol, stream), Reading("a", True), protocol)

    def test_what_makes_no_sense_is_told(self):
        for stream in (b'data: {"choices":[]}\n\ndata: {oops\n\n', b'data: {"choices":[]}', b'data: {"other":1}\n\n',
                       b'data: [DONE]\n\ndata: {"choices":[]}\n\n'):
            self.assertTrue(read_stream("chat", stream).problem, stream)
        self.assertTrue(read_whole("chat", b"{oops").problem)
        self.assertTrue(read_error(b"<html>").problem)
        self.assertTrue(read_error(b"{}").problem)

    def test_an_error_behind_the_end_is_told(self):
        self.assertTrue(read_stream("chat", b'data: [DONE]\n\ndata: {"error":{}}\n\n').problem)


class Log(unittest.TestCase):
    def line(self, level, category):
        return json.dumps({"level": level, "category": category, "message": "m"})

    def test_what_a_bad_day_brings_is_well(self):
        lines = [self.line("warn", "resilience"), self.line("error", "config"), self.line("warn", "upstream")]
        self.assertEqual(log.problems("\n".join(lines)), [])

    def test_warnings_of_qt_errors_and_crashes_are_not(self):
        for line in (self.line("warn", "qt.network"), self.line("warn", "default"), self.line("error", "async"),
                     "QWARN: QObject::connect", "terminate called"):
            self.assertEqual(len(log.problems(line)), 1, line)


class WithoutAGateway(unittest.TestCase):
    """The clients ask the provider itself: sound answers pass, and what a gateway should have noticed does not."""

    def traffic(self, kinds, fault):
        async def run():
            upstream = Upstream(random.Random(1), fault_share=0)
            if fault:
                upstream.deal = lambda number: fault
            traffic = Traffic(await upstream.listen(), upstream, random.Random(2))
            connection = Client(traffic.port)
            for kind in [kind for kind in KINDS if kind[0] in kinds] * 5:
                await asyncio.wait_for(traffic.visit(connection, kind), 20)
            connection.leave()
            await upstream.close()
            return traffic
        return asyncio.run(run())

    def test_sound_answers_are_whole(self):
        traffic = self.traffic(("chat, whole", "chat, stream", "chat, big body", "messages, native", "embeddings"), None)
        self.assertEqual(traffic.problems, [])
        self.assertGreater(traffic.total(WHOLE), 15)

    def test_what_breaks_without_a_word_is_wrong(self):
        for fault in ("cut", "reset midway", "malformed", "missing end", "close", "reset"):
            for kind in ("chat, stream", "messages, native"):
                traffic = self.traffic((kind,), fault)
                self.assertEqual(traffic.total(WHOLE), 0, (fault, kind))
                self.assertGreater(traffic.total(WRONG), 0, (fault, kind))


class Questions(unittest.TestCase):
    def test_the_last_question_is_the_one_that_is_answered(self):
        for protocol in ("chat", "messages", "responses", "ollama", "embeddings"):
            self.assertEqual(truth.number_in(body_of(protocol, NUMBER, False)), NUMBER)
        self.assertEqual(truth.number_in(b"question 7. said; question 8."), 8)

    def test_answers_differ(self):
        self.assertEqual(len({truth.answer(number) for number in range(200)}), 200)

    def test_every_seventh_configuration_is_refused(self):
        texts = [configuration.text(1, 2, "/tmp", number) for number in range(14)]
        self.assertEqual([number for number, text in enumerate(texts) if "nobody" in text], [6, 13])
        self.assertEqual(len(set(texts)), 14)


if __name__ == "__main__":
    unittest.main()
