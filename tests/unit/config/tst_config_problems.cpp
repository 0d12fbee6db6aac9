// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// What is wrong is told at its place, all of it, and without secrets.
class ConfigProblemsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("line"); // the third line of the file
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *line, const char *expected) {
            QTest::newRow(name) << QByteArray(line) << "c.yaml:3:" + QByteArray(expected);
        };
        row("port too large", "server: {port: 65536}",
            "16: server.port: expected a whole number from 0 to 65535, found `65536`");
        row("port negative", "server: {port: -1}",
            "16: server.port: expected a whole number from 0 to 65535, found `-1`");
        row("port is a word", "server: {port: http}",
            "16: server.port: expected a whole number from 0 to 65535, found `http`");
        row("port is a list", "server: {port: [1]}", "16: server.port: expected a whole number, found a list");
        row("port is a map", "server: {port: {a: 1}}", "16: server.port: expected a whole number, found a map");
        row("port is empty text", "server: {port: ''}",
            "16: server.port: expected a whole number from 0 to 65535, found empty text");
        row("host with port", "server: {host: 'localhost:80'}",
            "16: server.host: expected an address or a name alone, such as `127.0.0.1` or `::1`; the port goes into "
            "server.port");
        row("bare duration", "server: {read_timeout: 30}",
            "24: server.read_timeout: expected a duration with its unit, such as `30s` or `500ms`, not a bare number, "
            "found `30`");
        row("negative duration", "server: {read_timeout: -5s}",
            "24: server.read_timeout: expected a duration of at least 0, found `-5s`");
        row("endless duration", "server: {read_timeout: 1000000h}",
            "24: server.read_timeout: expected a duration of at most 10 years, found `1000000h`");
        row("no duration", "server: {read_timeout: soon}",
            "24: server.read_timeout: expected a duration such as `500ms`, `30s` or `1h30m`, found `soon`");
        row("body limit", "server: {max_body_bytes: 257MiB}",
            "26: server.max_body_bytes: expected a size such as 65536, `64KiB` or `10MiB` from 1 to 256MiB, found "
            "`257MiB`");
        row("origin without scheme", "server: {cors_origins: [app.example]}",
            "24: server.cors_origins: an origin has a scheme, such as `https://app.example.com`, or is `*`");
        row("section is a scalar", "server: 80",
            "9: server: expected a map (`key: value` lines), found a single value");
        row("section is a list", "retry: [1]", "8: retry: expected a map (`key: value` lines), found a list");
        row("no boolean", "caching: {enabled: maybe}", "20: caching.enabled: expected true or false, found `maybe`");
        row("cache without time", "caching: {enabled: true, ttl: 0}",
            "31: caching.ttl: expected a duration above 0, as caching is enabled");
        row("rate of nothing", "rate_limiting: {enabled: true, requests_per_minute: 0}",
            "53: rate_limiting.requests_per_minute: expected a whole number of at least 1, as rate limiting is "
            "enabled and nothing else is limited");
        row("no attempts", "retry: {max_attempts: 0}",
            "23: retry.max_attempts: expected a whole number from 1 to 10, found `0`");
        row("too many attempts", "retry: {max_attempts: 11}",
            "23: retry.max_attempts: expected a whole number from 1 to 10, found `11`");
        row("multiplier", "retry: {multiplier: 0.5}",
            "21: retry.multiplier: expected a number of at least 1, found `0.5`");
        row("jitter", "retry: {jitter_factor: 1.1}",
            "24: retry.jitter_factor: expected a number from 0 to 1, found `1.1`");
        row("one of several statuses", "retry: {retryable_errors: [429, 399, 600]}",
            "33: retry.retryable_errors[1]: expected a whole number from 400 to 599, found `399`\n"
            "c.yaml:3:38: retry.retryable_errors[2]: expected a whole number from 400 to 599, found `600`");
        row("statuses are a map", "retry: {retryable_errors: {a: 1}}",
            "27: retry.retryable_errors: expected a list of whole numbers, found a map");
        row("list in a list", "retry: {retryable_errors: [[1]]}",
            "28: retry.retryable_errors[0]: expected a single value, found a list");
        row("log level", "logging: {level: loud}",
            "18: logging.level: expected one of: trace, debug, info, warn, error, disabled, found `loud`");
        row("log format", "logging: {format: xml}", "19: logging.format: expected one of: console, json, found `xml`");
        row("header name", "model_selection: {output_headers: {skill: 'a b'}}",
            "43: model_selection.output_headers.skill: expected a header name (letters, digits and dashes), or \"\" "
            "for "
            "none");
        row("taken header", "model_selection: {output_headers: {score: X-LunarGate-Model}}",
            "43: model_selection.output_headers.score: routes find something else in `x-lunargate-model`; choose "
            "another name");
        row("one header for two results", "model_selection: {output_headers: {complexity: x-a, score: X-A}}",
            "60: model_selection.output_headers.score: `x-a` is the header of another result; choose another name");
        row("pattern", "model_selection: {skills: [{name: s, regex_any: [ok, 'a(b']}]}",
            "54: model_selection.skills[0].regex_any[1]: this is no regular expression in RE2 syntax: missing ): "
            "a(b");
        row("pattern of another dialect", "model_selection: {skills: [{name: s, regex_any: ['(?=a)b']}]}",
            "50: model_selection.skills[0].regex_any[0]: this is no regular expression in RE2 syntax: invalid perl "
            "operator: (?=");
        row("key header", "security: {api_key: {header: 'a:'}}",
            "30: security.api_key.header: expected a header name (letters, digits and dashes)");
        row("skills are text", "model_selection: {skills: coding}",
            "27: model_selection.skills: expected a list of maps, found a single value");
        row("skill is text", "model_selection: {skills: [coding]}",
            "28: model_selection.skills[0]: expected a map, found a single value");
        row("backend", "data_sharing: {backend_url: api.example.com}",
            "29: data_sharing.backend_url: expected an absolute http or https address, such as "
            "`https://api.example.com/v1`");
        row("line break in text", "data_sharing: {gateway_lat: \"a\\nb\"}",
            "29: data_sharing.gateway_lat: the text has a line break or another control character; write it in one "
            "line "
            "without them");
        row("same key in other case", "server: {port: 1, Port: 2}",
            "19: server.Port: this is the same key as `port` in line 3 (case does not count); remove one of them");
        row("same key twice", "server: {port: 1, port: 2}",
            "19: server.port: this key stands here a second time, first in line 3; remove one of them");
        row("long values are cut", "logging: {level: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg}",
            "18: logging.level: expected one of: trace, debug, info, warn, error, disabled, found "
            "`aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff...`");
        row("columns count characters", "model_selection: {skills: [{name: \xC3\xBC, regex_any: {}}]}",
            "49: model_selection.skills[0].regex_any: expected a list of text, found a map");
    }
    void errors()
    {
        QFETCH(QByteArray, line);
        const ConfigReading reading = readText(kMinimum + line + '\n');
        QVERIFY(!reading.config);
        QByteArrayList shown;
        for (const ConfigProblem &problem : reading.problems) {
            if (problem.severity == ConfigProblem::Severity::Error)
                shown.append(problem.toText());
        }
        QTEST(shown.join('\n'), "expected");
    }

    void providerErrors_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *key, const char *expected) {
            QTest::newRow(name) << QByteArray(key) << QByteArray(expected);
        };
        row("relative address", "base_url: /v1",
            "base_url: expected an absolute http or https address, such as "
            "`https://api.example.com/v1`");
        row("other scheme", "base_url: 'ftp://x/'",
            "base_url: expected an absolute http or https address, such as "
            "`https://api.example.com/v1`");
        row("no host", "base_url: 'http://'",
            "base_url: expected an absolute http or https address, such as "
            "`https://api.example.com/v1`");
        row("timeout mode", "timeout_mode: fast", "timeout_mode: expected one of: ttft, total, found `fast`");
        row("models mode", "models: {mode: all}",
            "models.mode: expected one of: translator, static, fetch, found `all`");
        row("top_p", "top_p: 2", "top_p: expected a number from 0 to 1, found `2`");
        row("temperature", "temperature: -1", "temperature: expected a number of at least 0, found `-1`");
        row("temperature is no number", "temperature: nan",
            "temperature: expected a number of at least 0, found `nan`");
        row("status", "simulator: {statuses: 99}",
            "simulator.statuses: expected a whole number from 200 to 599, found `99`");
        row("chunks", "simulator: {cut_after_chunks: -2}",
            "simulator.cut_after_chunks: expected a whole number of at least -1, found `-2`");
        row("extra is text", "extra: think", "extra: expected a map (`key: value` lines), found a single value");
        row("extra has a list", "extra: {a: [b]}", "extra.a: expected text, found a list");
    }
    void providerErrors()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, expected);
        const ConfigReading reading = readText("providers: {simulator: {" + key +
                                               "}}\n"
                                               "routing: {routes: [{targets: [{provider: simulator}]}]}\n");
        QVERIFY(!reading.config);
        QCOMPARE(reading.problems.size(), 1U);
        QCOMPARE(reading.problems.front().path + ": " + reading.problems.front().message,
                 "providers.simulator." + expected);
    }

    void routeErrors()
    {
        const ConfigReading reading = readText("providers: {openai: }\n"
                                               "routing:\n"
                                               "  default_strategy: best\n"
                                               "  routes:\n"
                                               "    - targets:\n"
                                               "        - provider: openai\n"
                                               "          weight: -1\n"
                                               "        - provider: openai\n"
                                               "          upstream_request_type: embeddings\n"
                                               "    - just text\n");
        QCOMPARE(textOf(reading.problems),
                 "c.yaml:3:21: routing.default_strategy: expected one of: round-robin, weighted, random, "
                 "least-pending, latency, found `best`\n"
                 "c.yaml:7:19: routing.routes[0].targets[0].weight: expected a whole number of at least 0, found `-1`\n"
                 "c.yaml:9:34: routing.routes[0].targets[1].upstream_request_type: expected one of: chat_completions, "
                 "responses, found `embeddings`\n"
                 "c.yaml:10:7: routing.routes[1]: expected a map, found a single value");
    }

    void warnings_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *line, const char *expected) {
            QTest::newRow(name) << QByteArray(line) << "c.yaml:3:" + QByteArray(expected);
        };
        row("delays", "retry: {initial_delay: 1m}",
            "24: warning: retry.initial_delay: every delay is cut to max_delay, which is shorter");
        row("tiers", "model_selection: {complexity_tiers: {tier_01_max: 5}}",
            "37: warning: model_selection.complexity_tiers: a tier is never reached; let tier_01_max, tier_23_max and "
            "tier_45_max ascend");
        row("nameless skill", "model_selection: {skills: [{regex_any: x}]}",
            "28: warning: model_selection.skills[0].name: the skill has no name, so it is left out; name it");
        row("skill without patterns", "model_selection: {skills: [{name: x, regex_any: []}]}",
            "49: warning: model_selection.skills[0].regex_any: the skill has no patterns, so it is left out; add one");
        row("skill of a name that is taken",
            "model_selection: {skills: [{name: s, regex_any: a}, {name: s, regex_any: b}]}",
            "60: warning: model_selection.skills[1].name: another skill has this name; either matches, but one of "
            "them may be meant otherwise, so put their patterns together or rename one");
        row("sharing without a key", "data_sharing: {enabled: true}",
            "15: warning: data_sharing: nothing is shared or controlled without an api_key; set data_sharing.api_key");
        row("sharing unencrypted", "data_sharing: {enabled: true, api_key: k, backend_url: 'http://box.example/v1'}",
            "56: warning: data_sharing.backend_url: plain http to another machine: on the way anybody can read api_key "
            "and all that is shared; use https");
        row("controlled unencrypted",
            "data_sharing: {remote_control: true, api_key: k, backend_url: 'http://box.example/v1'}",
            "63: warning: data_sharing.backend_url: remote control will not connect: it sends api_key by plain http to "
            "this machine only; use https");
        row("update check", "update_check: {enabled: false}",
            "15: warning: update_check: this program does not look for updates by itself; this key does nothing");
        row("malformed variable", "logging: {level: '${'}",
            "18: warning: logging.level: a ${ begins no variable and stays; write ${NAME}, ${NAME:-default} or "
            "${keychain:NAME}, or $${ "
            "if "
            "it is meant so");
        row("undefined variable", "data_sharing: {api_key: '${NONE}'}",
            "25: warning: data_sharing.api_key: the variable NONE is not set, so empty text takes its place; set it, "
            "or "
            "write ${NONE:-default}");
    }
    void warnings()
    {
        QFETCH(QByteArray, line);
        const ConfigReading reading = readText(kMinimum + line + '\n');
        QByteArrayList shown;
        for (const ConfigProblem &problem : reading.problems) {
            if (problem.severity == ConfigProblem::Severity::Warning)
                shown.append(problem.toText());
        }
        QTEST(shown.join('\n'), "expected");
    }

    void onlyWhatLeavesTheMachineMustBeEncrypted()
    {
        const auto problems = [](const QByteArray &lines) { return textOf(readText(kMinimum + lines).problems); };
        QCOMPARE(problems("data_sharing: {enabled: true, api_key: k, backend_url: 'http://[::1]:1/v1'}\n"),
                 QByteArray());
        QCOMPARE(problems("data_sharing: {enabled: true, api_key: k, backend_url: 'https://box.example'}\n"),
                 QByteArray());
        QCOMPARE(problems("data_sharing: {backend_url: 'http://box.example/v1'}\n"), QByteArray()); // nothing is sent
        QVERIFY(
            problems("data_sharing: {remote_control: true}\ngeneral: {api_key: k, backend_url: 'http://10.0.0.1'}\n")
                .startsWith("c.yaml:4:36: warning: general.backend_url: remote control will not connect"));
    }

    void providerWarnings()
    {
        const ConfigReading reading =
            readText("providers:\n  openai:\n    compatibility_profile: grok\n    capabilities: {conversations: true}\n"
                     "    simulator: {latency: 1s}\nrouting: {routes: [{targets: [{provider: openai}]}]}\n");
        QVERIFY(reading.config);
        QCOMPARE(
            textOf(reading.problems),
            "c.yaml:3:28: warning: providers.openai.compatibility_profile: this profile does nothing; the only one "
            "is: deepseek\n"
            "c.yaml:4:19: warning: providers.openai.capabilities: capabilities are found out from the provider's "
            "answers; this key does nothing\n"
            "c.yaml:5:16: warning: providers.openai.simulator: only providers of type simulator have this; it does "
            "nothing");
    }

    void routeWarnings()
    {
        const ConfigReading reading = readText("providers: {openai: }\n"
                                               "routing:\n"
                                               "  routes:\n"
                                               "    - {name: a, targets: [{provider: openai}]}\n"
                                               "    - {name: a, match: {path: v1}, targets: [{provider: openai}]}\n"
                                               "    - {name: b}\n");
        QVERIFY(reading.config);
        QCOMPARE(
            textOf(reading.problems),
            "c.yaml:5:14: warning: routing.routes[1].name: another route of that name is in line 4; "
            "X-LunarGate-Route cannot tell them apart, so rename one\n"
            "c.yaml:5:31: warning: routing.routes[1].match.path: no request path begins so; write `*`, or a path such "
            "as `/v1/chat`\n"
            "c.yaml:6:7: warning: routing.routes[2].targets: the route has no targets, so it is never used; add one");
    }

    void noRoutesAreReported()
    {
        const ConfigReading reading = readText("providers: {openai: }\n");
        QVERIFY(reading.config);
        QCOMPARE(textOf(reading.problems),
                 "c.yaml:1:1: warning: routing.routes: there are no routes, so no request finds "
                 "a provider; add one");
    }

    void unknownKeysAreReportedAtEveryLevel()
    {
        const ConfigReading reading = readText("provider: x\n"
                                               "x-mine: anything\n"
                                               "server: {prot: 1}\n"
                                               "providers:\n"
                                               "  openai:\n"
                                               "    apikey: k\n"
                                               "    models: {fetch: {tll: 1s}, mod: x}\n"
                                               "    simulatr: {}\n"
                                               "routing:\n"
                                               "  route: []\n"
                                               "  routes:\n"
                                               "    - mach: {}\n"
                                               "      match: {header: {}}\n"
                                               "      targets: [{provider: openai, wieght: 1}]\n"
                                               "      fallback: [{provider: openai, modell: m}]\n"
                                               "model_selection:\n"
                                               "  skills: [{name: a, regex_any: x, color: blue}]\n"
                                               "  output_headers: {skills: x}\n"
                                               "security:\n"
                                               "  api_key: {keys: [{nam: a, value: b}]}\n"
                                               "  external: {isuer: x}\n");
        QVERIFY(reading.config);
        QByteArrayList paths, advice;
        for (const ConfigProblem &problem : reading.problems) {
            QCOMPARE(problem.severity, ConfigProblem::Severity::Warning);
            paths.append(QByteArray::number(problem.line) + ':' + QByteArray::number(problem.column) + ' ' +
                         problem.path);
            QVERIFY2(problem.message.startsWith("unknown key, ignored; "), problem.message.constData());
            advice.append(problem.message.sliced(22));
        }
        QCOMPARE(paths,
                 QByteArrayList({"1:1 provider", "3:10 server.prot", "6:5 providers.openai.apikey",
                                 "7:22 providers.openai.models.fetch.tll", "7:32 providers.openai.models.mod",
                                 "8:5 providers.openai.simulatr", "10:3 routing.route", "12:7 routing.routes[0].mach",
                                 "13:15 routing.routes[0].match.header", "14:36 routing.routes[0].targets[0].wieght",
                                 "15:37 routing.routes[0].fallback[0].modell", "17:36 model_selection.skills[0].color",
                                 "18:20 model_selection.output_headers.skills", "20:21 security.api_key.keys[0].nam",
                                 "21:14 security.external.isuer"}));
        QCOMPARE(advice[0], "did you mean `providers`?");
        QCOMPARE(advice[2], "did you mean `api_key`?");
        QCOMPARE(advice[9], "did you mean `weight`?");
        QCOMPARE(advice[11], "the keys here are: name, regex_any");
    }

    void allProblemsComeAtOnceInTheOrderOfTheFile()
    {
        const ConfigReading reading = readText("retry: {multiplier: 0}\n"
                                               "server: {port: x, host: [], read_timeout: 5, colour: red}\n"
                                               "providers: {openai: {base_url: x}, openai: {}}\n"
                                               "routing: {routes: [{targets: [{provider: oprnai, weight: -1}]}]}\n"
                                               "security: {enabled: true}\n");
        QVERIFY(!reading.config);
        QByteArrayList paths;
        for (const ConfigProblem &problem : reading.problems)
            paths.append(QByteArray::number(problem.line) + ' ' + problem.path);
        QCOMPARE(paths, QByteArrayList({"1 retry.multiplier", "2 server.port", "2 server.host", "2 server.read_timeout",
                                        "2 server.colour", "3 providers.openai.base_url", "3 providers.openai",
                                        "4 routing.routes[0].targets[0].provider",
                                        "4 routing.routes[0].targets[0].weight", "5 security.api_key.keys"}));
    }

    void wholeFiles_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const QByteArray empty = "c.yaml:1:1: the file is empty; it needs `providers` and `routing` at least";
        QTest::newRow("empty") << QByteArray() << empty;
        QTest::newRow("blank") << QByteArray("\n \n") << empty;
        QTest::newRow("comment") << QByteArray("# nothing\n") << empty;
        QTest::newRow("document mark") << QByteArray("---\n") << empty;
        QTest::newRow("list") << QByteArray("\n- a") << QByteArray("c.yaml:2:1: expected a map (`key: value` lines)");
        QTest::newRow("text") << QByteArray("a") << QByteArray("c.yaml:1:1: expected a map (`key: value` lines)");
        QTest::newRow("syntax") << QByteArray("a: 1\n  b: 2\n")
                                << QByteArray("c.yaml:2:4: not valid YAML: illegal map value");
    }
    void wholeFiles()
    {
        QFETCH(QByteArray, text);
        const ConfigReading reading = readText(text);
        QVERIFY(!reading.config);
        QTEST(textOf(reading.problems), "expected");
    }

    void secretsAreNeverShown_data()
    {
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char *name, const QByteArray &text) { QTest::newRow(name) << text; };
        row("key is a list", "providers: {openai: {api_key: [sk-secret]}}");
        row("key is a map", "providers: {openai: {api_key: {sk-secret: 1}}}");
        row("key with a line break", "providers: {openai: {api_key: \"sk-secret\\nx\"}}");
        row("key is an anchor", "providers: {openai: {api_key: *sk-secret}}");
        row("key in the place of its section", "security: {api_key: sk-secret}");
        row("keys are text", "security: {api_key: {keys: [sk-secret]}}");
        row("legacy keys are maps", "security: {api_keys: [{sk-secret: x}]}");
        row("legacy key with a line break", "security: {api_keys: [\"sk-secret\\n\\0\"]}");
        row("password in an address", "providers: {openai: {base_url: 'ftp://sk-secret@x'}}");
        row("variable where a number belongs", "server: {port: '${KEY}', read_timeout: '${KEY}', workers: '${KEY}1'}");
        row("variable where a word belongs", "logging: {level: '${KEY}'}\nretry: {retryable_errors: '${KEY},1'}");
        row("malformed variable", "data_sharing: {enabled: true, api_key: \"${sk-secret\\n\"}\nretry: 1");
        row("two keys alike",
            "security: {api_key: {keys: [{name: a, value: sk-secret}, {name: a, value: sk-secret}]}}");
    }
    void secretsAreNeverShown()
    {
        QFETCH(QByteArray, text);
        const ConfigReading reading = readText(text, {{"KEY", "sk-secret"}});
        QVERIFY(!reading.problems.empty());
        QVERIFY2(!textOf(reading.problems).contains("sk-secret"), textOf(reading.problems).constData());
    }

    void targetsSendNoHeadersOfTheMessageItself()
    {
        const ConfigReading reading = readText(
            "providers: {openai: {api_key: k}}\n"
            "routing: {routes: [{targets: [{provider: openai, headers: {Host: a, x-a: \"b\\r\\nc: d\"}}]}]}\n");
        const QByteArray said = textOf(reading.problems);
        const QByteArray path = "routing.routes[0].targets[0].headers.";
        QVERIFY2(said.contains(path + "Host: the gateway sets this header by itself"), said.constData());
        QVERIFY2(said.contains(path + "x-a: a header's value must not have a line break"), said.constData());
        QVERIFY(!reading.config);
    }

    void problemsOfTheFileAsAWholeHaveNoPlace()
    {
        const ConfigProblem problem{ConfigProblem::Severity::Warning, "a.yaml", 0, 0, {}, "odd"};
        QCOMPARE(problem.toText(), "a.yaml: warning: odd");
        QCOMPARE(pathOfKey("", "a"), "a");
        QCOMPARE(pathOfKey("a", "b"), "a.b");
        QCOMPARE(pathOfKey("a", "b.c"), "a[\"b.c\"]");
        QCOMPARE(pathOfKey("a", "b\"]"), "a[\"b\\\"]\"]");
        QCOMPARE(pathOfKey("a", "b\\"), "a[\"b\\\\\"]");
        QCOMPARE(pathOfItem("a", 3), "a[3]");
    }
};

QTEST_GUILESS_MAIN(ConfigProblemsTest)
#include "tst_config_problems.moc"
