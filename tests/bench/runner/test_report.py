# SPDX-License-Identifier: GPL-3.0-or-later
"""That a run tells what went wrong, and which goals were missed. Run by ctest."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

from runner import report, requests  # noqa: E402


def figures(**changed):
    return {"completed": 100, "failed": 0, "problems": {}, "cpu_us": 20.0, "p50_us": 100, "p99_us": 200,
            "per_second": 1000} | changed


def requests_of(served, answered, smallest_body):
    return {"completions": served, "streams": 0, "smallest_body": smallest_body, "largest_body": smallest_body,
            "answered": answered}


def small_scenario(load="small, 32 connections", smallest_body=1024, refused=0, served=100, **changed):
    upstream = {"refused": refused, "requests": {"openai": requests_of(served, 100, smallest_body),
                                                 "anthropic": requests_of(0, 0, 0)}}
    return {"small": {"loads": {load: {"gateway": figures(**changed)}}, "upstream": upstream, "body_bytes": 1024}}


def translate_scenario(scenario="translate", load="translate, 4 connections", target="anthropic", smallest_body=900_000,
                       served=100, **changed):
    upstream = {"refused": 0, "requests": {"openai": requests_of(100, 100, 1_000_000),
                                           target: requests_of(served, 100, smallest_body)}}
    return {scenario: {"loads": {load: {"gateway": figures(), target: figures(**changed)}}, "upstream": upstream,
                       "body_bytes": 1_000_000}}


class Problems(unittest.TestCase):
    def problems(self, **changed):
        return report.problems(small_scenario(**changed))

    def test_a_sound_run_has_none(self):
        self.assertEqual(self.problems(), [])

    def test_a_failed_request_is_told(self):
        self.assertIn("2 x status 502", self.problems(failed=2, problems={"status 502": 2})[0])

    def test_a_run_without_answers_is_no_success(self):
        self.assertIn("nothing was completed", self.problems(completed=0)[0])

    def test_a_request_that_arrived_shortened_is_told(self):
        self.assertIn("900 bytes of 1024", self.problems(smallest_body=900)[0])

    def test_a_request_that_the_upstream_refused_is_told(self):
        self.assertIn("refused 1", self.problems(refused=1)[0])

    def test_a_request_that_was_sent_twice_is_told(self):
        self.assertIn("101 openai requests for 100 answers", self.problems(served=101)[0])

    def test_an_answer_for_which_the_upstream_was_not_asked_is_told(self):
        self.assertIn("99 openai requests for 100 answers", self.problems(served=99)[0])


class TranslatedProblems(unittest.TestCase):
    def problems(self, **changed):
        return report.problems(translate_scenario(**changed))

    def test_a_translated_body_may_be_a_fifth_shorter(self):
        for target in ("anthropic", "gemini"):
            self.assertEqual(self.problems(target=target, smallest_body=800_000), [])
            self.assertIn(f"a request in {target} reached the upstream with 799000 bytes of 1000000",
                          self.problems(target=target, smallest_body=799_000)[0])

    def test_one_that_is_passed_through_may_not(self):
        results = translate_scenario()
        results["translate"]["upstream"]["requests"]["openai"]["smallest_body"] = 900_000
        self.assertIn("a request in openai reached the upstream with 900000 bytes", report.problems(results)[0])

    def test_a_target_that_does_not_speak_its_protocol_is_told(self):
        self.assertIn("0 gemini requests for 100 answers", self.problems(target="gemini", served=0, smallest_body=0)[0])


class Goals(unittest.TestCase):
    def test_the_cpu_goal_has_its_limit_at_25_times_nginx(self):
        for ratio, is_met in ((25.0, True), (25.1, False)):
            self.assertEqual([goal[2] for goal in report.goals(small_scenario(cpu_to_nginx=ratio))], [is_met])

    def test_a_delayed_acknowledgement_is_a_stall(self):
        for added, is_met in ((900, True), (40_300, False)):
            results = small_scenario("small, 1 connection", added_p99_us=added)
            self.assertEqual([goal[2] for goal in report.goals(results)], [is_met])

    def test_three_hundred_streams_must_be_open_at_a_time(self):
        for peak, is_met in ((300, True), (299, False)):
            load = {"gateway": figures(completed=300, peak_streams=peak)}
            results = {"streams300": {"loads": {"streams300, all at once": load}}}
            self.assertEqual([goal[2] for goal in report.goals(results)], [is_met])

    def test_translating_costs_at_most_twice_what_passing_through_does(self):
        loads = (("translate", "translate, 4 connections"), ("translate-stream", "translate-stream, 200 at a time"))
        for scenario, load in loads:
            for target in ("anthropic", "gemini"):
                for ratio, is_met in ((2.0, True), (2.04, False)):
                    goals = report.goals(translate_scenario(scenario, load, target, cpu_to_gateway=ratio))
                    self.assertEqual([(target in goal[0], goal[2]) for goal in goals], [(True, is_met)])

    def test_a_dialect_costs_at_most_twice_what_chat_does(self):
        for dialect, native in report.NATIVE.items():
            for cpu, is_met in ((40.0, True), (41.0, False)):
                loads = {f"{dialect}-stream, 200 at a time": {"gateway": figures(cpu_us=cpu), native: figures(cpu_us=cpu)}}
                results = {"streams": {"loads": {"streams, 200 at a time": {"gateway": figures()}}},
                           f"{dialect}-stream": {"loads": loads}}
                self.assertEqual([goal[2] for goal in report.goals(results)], [is_met, is_met])

    def test_policy_costs_at_most_15_percent_more_than_none(self):
        for ratio, shown, is_met in ((1.15, "+15 %", True), (1.16, "+16 %", False)):
            load = {"bare": figures(), "policy": figures(cpu_to_bare=ratio)}
            results = {"policy": {"loads": {"policy, 32 connections": load}}}
            self.assertEqual([goal[1:] for goal in report.goals(results)], [(shown, is_met)])

    def test_a_cache_hit_costs_at_most_1_3_times_what_health_does(self):
        for ratio, is_met in ((1.3, True), (1.31, False)):
            load = {"health": figures(), "cached": figures(cpu_to_health=ratio)}
            results = {"cache-hit": {"loads": {"cache-hit, 32 connections": load}}}
            self.assertEqual([goal[2] for goal in report.goals(results)], [is_met])

    def test_start_and_idle_memory_have_their_limits(self):
        results = {"startup": {"idle_mib": 40.1, "listening_ms": 150}}
        self.assertEqual([goal[2] for goal in report.goals(results)], [False, True])

    def test_the_window_has_its_limits(self):
        results = {"desktop": {"visible_ms": 401, "window_mib": 120, "idle_percent": 0.51}}
        self.assertEqual([goal[2] for goal in report.goals(results)], [False, True, False])


class Table(unittest.TestCase):
    def test_it_tells_the_ratio_to_passing_through(self):
        line = report.table(translate_scenario(cpu_to_gateway=1.46)).splitlines()[-1]
        self.assertIn("translate, 4 connections: anthropic", line)
        self.assertIn("1.5x", line)


class Bodies(unittest.TestCase):
    def test_the_sizes_are_exact_and_the_agent_is_an_agent(self):
        self.assertEqual(len(requests.small()), 1024)
        self.assertEqual(len(requests.agent()), 512 * 1024)
        agent = json.loads(requests.agent())
        self.assertEqual((len(agent["messages"]), len(agent["tools"])), (60, 25))

    def test_a_varied_one_has_its_digits_once(self):
        self.assertEqual(len(requests.varied()), 1024)
        self.assertEqual(requests.varied().count(b"0000000000000000"), 1)
        json.loads(requests.varied())

    def test_they_are_the_same_every_time(self):
        self.assertEqual(requests.agent(), requests.agent())


if __name__ == "__main__":
    unittest.main()
