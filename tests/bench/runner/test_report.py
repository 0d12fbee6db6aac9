# SPDX-License-Identifier: GPL-3.0-or-later
"""That a run tells what went wrong, and which goals were missed. Run by ctest."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

from runner import goals, report, requests, scenarios  # noqa: E402


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
    def judge(self, results):
        return [goal[2] for goal in goals.goals(results)]

    def test_cpu_beside_nginx_has_its_limit(self):
        for scenario, load, limit in (("small", "small, 32 connections", 4.0), ("agent", "agent, 8 connections", 4.0),
                                      ("streams", "streams, 200 at a time", 2.0)):
            for ratio, is_met in ((limit, True), (limit + 0.01, False)):
                results = {scenario: {"loads": {load: {"gateway": figures(cpu_to_nginx=ratio)}}}}
                self.assertEqual(self.judge(results), [is_met])

    def small_alone(self, gateway, nginx):
        load = {"gateway": figures(**gateway), "nginx": figures(**nginx)}
        return {"small": {"loads": {"small, 1 connection": load}}}

    def test_added_time_is_compared_with_nginx(self):
        for ours, is_met in ((300, True), (301, False)):
            results = self.small_alone({"added_p50_us": ours, "added_p99_us": 30}, {"added_p50_us": 100, "added_p99_us": 10})
            self.assertEqual(self.judge(results), [is_met, True, True])
            results = self.small_alone({"added_p50_us": 30, "added_p99_us": ours}, {"added_p50_us": 10, "added_p99_us": 100})
            self.assertEqual(self.judge(results), [True, is_met, True])

    def test_where_nginx_adds_nothing_there_is_no_ratio(self):
        results = self.small_alone({"added_p50_us": 1, "added_p99_us": 1}, {"added_p50_us": 0, "added_p99_us": -3})
        self.assertEqual(self.judge(results), [False, False, True])
        self.assertIn("no ratio", goals.goals(results)[0][1])

    def test_a_delayed_acknowledgement_is_a_stall(self):
        for added, is_met in ((900, True), (40_300, False)):
            results = {"agent": {"loads": {"agent, 1 connection": {"gateway": figures(added_p99_us=added)}}}}
            self.assertEqual(self.judge(results), [is_met])

    def test_the_first_token_comes_soon(self):
        for added, is_met in ((300, True), (301, False)):
            load = {"gateway": figures(added_first_chunk_p99_us=added)}
            self.assertEqual(self.judge({"first-token": {"loads": {"first-token, 1 connection": load}}}), [is_met])

    def test_three_hundred_streams_must_be_open_at_a_time(self):
        for peak, is_met in ((300, True), (299, False)):
            load = {"gateway": figures(completed=300, peak_streams=peak)}
            self.assertEqual(self.judge({"streams300": {"loads": {"streams300, all at once": load}}}), [is_met])

    def two_thousand(self, peak_mib=100.0, **changed):
        sound = {"completed": 2000, "peak_streams": 2000, "stalled": 0, "pace": 20.0}
        load = {"all-workers": figures(**(sound | changed)), "direct": figures(**sound)}
        return {"streams2000": {"loads": {"streams2000, 2,000 at a time": load},
                                "memory_mib": {"all-workers": {"idle": 20, "before": 30.0, "after": 90, "peak": peak_mib}}}}

    def test_none_of_two_thousand_streams_may_be_lost_or_stall(self):
        self.assertEqual(self.judge(self.two_thousand())[0], True)
        for wrong in ({"failed": 1}, {"stalled": 1}, {"completed": 1999}, {"peak_streams": 1999}, {"pace": 18.9}):
            self.assertEqual(self.judge(self.two_thousand(**wrong))[0], False)

    def test_an_open_stream_takes_at_most_40_kib(self):
        for peak_mib, is_met in ((30 + 2000 * 40 / 1024, True), (30 + 2000 * 40.1 / 1024, False)):
            self.assertEqual(self.judge(self.two_thousand(peak_mib))[1], is_met)

    def idle(self, **changed):
        return {"idle": {"wanted": 10_000, "connections": 10_000, "open_at_the_end": 10_000, "descriptor_limit": 20_000,
                         "seconds": 15, "cpu_percent": 1.0, "before_mib": 25, "after_mib": 99} | changed}

    def test_idle_connections_cost_at_most_one_percent(self):
        for percent, is_met in ((1.0, True), (1.01, False)):
            self.assertEqual(self.judge(self.idle(cpu_percent=percent)), [is_met])

    def test_fewer_connections_than_wanted_do_not_count_and_say_why(self):
        (_, measured, is_met), = goals.goals(self.idle(connections=3896, open_at_the_end=3896, descriptor_limit=4096))
        self.assertFalse(is_met)
        self.assertIn("only 4096 open files", measured)

    def test_an_idle_connection_that_was_closed_is_told(self):
        self.assertIn("1 of 10000 idle connections", report.problems(self.idle(open_at_the_end=9999))[0])

    def workers(self, shares_cores, **two):
        load = {"one-worker": figures(per_second=1000, busiest_thread_us=40.0),
                "two-workers": figures(**({"per_second": 1000, "busiest_thread_us": 40.0} | two))}
        return {"workers": {"loads": {"workers, 256 connections": load}, "shares_cores": shares_cores}}

    def test_two_workers_answer_more_than_one(self):
        for per_second, is_met in ((1700, True), (1699, False)):
            self.assertEqual(self.judge(self.workers(False, per_second=per_second)), [is_met])

    def test_where_the_cores_are_shared_the_busiest_thread_counts(self):
        for cpu, is_met in ((23.5, True), (23.6, False)):
            self.assertEqual(self.judge(self.workers(True, busiest_thread_us=cpu)), [is_met])
        self.assertIn("share the cores", goals.goals(self.workers(True))[0][1])

    def test_translating_costs_at_most_twice_what_passing_through_does(self):
        loads = (("translate", "translate, 4 connections"), ("translate-stream", "translate-stream, 200 at a time"))
        for scenario, load in loads:
            for target in ("anthropic", "gemini"):
                for ratio, is_met in ((2.0, True), (2.04, False)):
                    found = goals.goals(translate_scenario(scenario, load, target, cpu_to_gateway=ratio))
                    self.assertEqual([(target in goal[0], goal[2]) for goal in found], [(True, is_met)])

    def test_a_dialect_costs_at_most_twice_what_chat_does(self):
        for dialect, native in goals.NATIVE.items():
            for cpu, is_met in ((40.0, True), (41.0, False)):
                loads = {f"{dialect}-stream, 200 at a time": {"gateway": figures(cpu_us=cpu), native: figures(cpu_us=cpu)}}
                results = {"streams": {"loads": {"streams, 200 at a time": {"gateway": figures()}}},
                           f"{dialect}-stream": {"loads": loads}}
                self.assertEqual(self.judge(results), [is_met, is_met])

    def test_policy_costs_at_most_15_percent_more_than_none(self):
        for ratio, shown, is_met in ((1.15, "+15 %", True), (1.16, "+16 %", False)):
            load = {"bare": figures(), "policy": figures(cpu_to_bare=ratio)}
            results = {"policy": {"loads": {"policy, 32 connections": load}}}
            self.assertEqual([goal[1:] for goal in goals.goals(results)], [(shown, is_met)])

    def test_a_cache_hit_costs_at_most_1_2_times_what_health_does(self):
        for ratio, is_met in ((1.2, True), (1.21, False)):
            load = {"health": figures(), "cached": figures(cpu_to_health=ratio)}
            self.assertEqual(self.judge({"cache-hit": {"loads": {"cache-hit, 32 connections": load}}}), [is_met])

    def test_start_and_idle_memory_have_their_limits(self):
        self.assertEqual(self.judge({"startup": {"idle_mib": 25.1, "listening_ms": 80}}), [False, True])
        self.assertEqual(self.judge({"startup": {"idle_mib": 25.0, "listening_ms": 81}}), [True, False])

    def test_the_window_has_its_limits(self):
        results = {"desktop": {"visible_ms": 401, "window_mib": 120, "idle_percent": 0.51}}
        self.assertEqual(self.judge(results), [False, True, False])


class Lengths(unittest.TestCase):
    def test_rounds_do_not_change_what_is_only_counted(self):
        rounds = {scenario.name: scenario.with_rounds(5).rounds for scenario in scenarios.SCENARIOS}
        self.assertEqual((rounds["small"], rounds["streams300"], rounds["streams2000"]), (5, 1, 1))

    def test_without_a_word_each_has_its_own(self):
        rounds = {scenario.name: scenario.with_rounds(None).rounds for scenario in scenarios.SCENARIOS}
        self.assertEqual((rounds["small"], rounds["policy"]), (3, 5))

    def test_a_quick_run_is_one_short_round(self):
        for scenario in scenarios.SCENARIOS:
            quick = scenario.shortened()
            self.assertEqual(quick.rounds, 1)
            self.assertLessEqual(quick.chunks * quick.delay_ms, 500)
            self.assertLessEqual(max(load.connections for load in quick.loads), 300)


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

    def test_a_numbered_stream_has_its_digits_where_the_upstream_looks(self):
        self.assertEqual(requests.numbered_stream().count(b"request number 0000000000000000"), 1)
        self.assertTrue(json.loads(requests.numbered_stream())["stream"])

    def test_they_are_the_same_every_time(self):
        self.assertEqual(requests.agent(), requests.agent())


if __name__ == "__main__":
    unittest.main()
