// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/event_tags.h"
#include "gateway/collector/event_writer.h"
#include "gateway/observability/redaction.h"
#include "gateway/version.h"
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <set>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr Sharing kNothing{};
constexpr Sharing kPrompts{.prompts = true};
constexpr Sharing kResponses{.responses = true};
constexpr Sharing kAll{.prompts = true, .responses = true};

constexpr std::chrono::system_clock::time_point kTime{1'775'988'000s}; // 2026-04-12T10:00:00Z

CollectedRequest successfulRequest(Sharing sharing)
{
    CollectedRequest request;
    request.sharing = sharing;
    RequestRecord &record = request.record;
    record.requestId = "id-1";
    record.endpoint = "chat_completions";
    record.client.user = "ann";
    record.client.session = "session-7";
    record.route = "default";
    record.provider = "openai";
    record.model = "gpt-4o";
    record.modelAsked = "gpt-4o";
    record.status = 200;
    record.attempts = 3;
    record.retries = 2;
    record.usage = Usage{.input = 10, .cachedInput = 2, .output = 30, .reasoning = 10};
    record.cost = Cost{.amount = Money::fromDollars(0.25), .source = CostSource::Table};
    record.time = kTime;
    record.upstreamStartedAt = record.startedAt + 1500us;
    record.finishedAt = record.startedAt + 1200ms;
    request.routing = {{"x-team", "blue"},
                       {"x-lunargate-user", "ann"},
                       {"x-lunargate-sessionid", "session-7"},
                       {"x-lunargate-client-lat", "50.1"},
                       {"x-lunargate-gateway-lat", "14.4"}};
    request.targets = {{.provider = "openai",
                        .model = "gpt-4o",
                        .baseUrl = "https://user:pass@api.example/v1",
                        .defaults = {.temperature = 0.5, .topP = 1.0}}};
    request.asked = {.temperature = 0.25};
    request.setRequest(R"({"model":"gpt-4o","messages":[{"role":"user","content":"my diary"}]})");
    request.setResponse(R"({"choices":[{"message":{"content":"dear diary"}}]})");
    return request;
}

CollectedRequest failedRequest(Sharing sharing, ErrorKind kind, int status)
{
    CollectedRequest request = successfulRequest(sharing);
    request.record.status = status;
    request.record.errorKind = kind;
    request.record.errorReason = "some_reason";
    request.record.errorType = "their_type";
    request.record.errorMessage = "the provider says: my diary";
    return request;
}

QByteArray payloadOf(const CollectedRequest &request, Sharing allowed = kAll)
{
    const WrittenReport report = writtenReport(request, allowed);
    return collectorPayload({&report, 1}, kTime + 200ms);
}

using Keys = std::set<QByteArray>;

/// Of the event's data, which always has tags.
Keys keysAt(const QByteArray &payload, QByteArrayView path)
{
    Keys keys;
    for (const QString &key : jsonAt(payload, path).toObject().keys())
        keys.insert(key.toUtf8());
    return keys.erase("tags") == 1 ? keys : Keys();
}

} // namespace

/// What the collector gets is what it knows, and no more than may leave.
class CollectorEventsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void timesAreWrittenAsGoDoes()
    {
        QCOMPARE(rfc3339(kTime), QByteArray("2026-04-12T10:00:00Z"));
        QCOMPARE(rfc3339(kTime + 200ms), QByteArray("2026-04-12T10:00:00.2Z"));
        QCOMPARE(rfc3339(kTime + 1us), QByteArray("2026-04-12T10:00:00.000001Z"));
    }

    void envelope()
    {
        const QByteArray payload = payloadOf(successfulRequest(kNothing));
        QCOMPARE(textAt(payload, "version"), QByteArray("1.0"));
        QCOMPARE(textAt(payload, "gateway_version"), QByteArray(version()));
        QCOMPARE(textAt(payload, "timestamp"), QByteArray("2026-04-12T10:00:00.2Z"));
        QCOMPARE(jsonAt(payload, "events").toArray().size(), 1);
        QCOMPARE(textAt(payload, "events.0.type"), QByteArray("metric"));
    }

    void metric()
    {
        const QByteArray payload = payloadOf(successfulRequest(kAll));
        const auto at = [&payload](const char *key) { return jsonAt(payload, QByteArray("events.0.data.") + key); };
        const Keys expected = {"request_id",
                               "timestamp",
                               "request_type",
                               "duration_ms",
                               "gateway_pre_upstream_ms",
                               "provider",
                               "model",
                               "user",
                               "session_id",
                               "tokens_input",
                               "tokens_output",
                               "cost_usd",
                               "status_code",
                               "cache_hit",
                               "route_used",
                               "target_index",
                               "fallback_used",
                               "retry_count",
                               "circuit_breaker_state"};
        QCOMPARE(keysAt(payload, "events.0.data"), expected);
        QCOMPARE(at("request_id").toString(), QStringLiteral("id-1"));
        QCOMPARE(at("timestamp").toString(), QStringLiteral("2026-04-12T10:00:00Z"));
        QCOMPARE(at("request_type").toString(), QStringLiteral("chat_completions"));
        QCOMPARE(at("duration_ms").toInteger(), 1200);
        QCOMPARE(at("gateway_pre_upstream_ms").toInteger(), 1);
        QCOMPARE(at("provider").toString(), QStringLiteral("openai"));
        QCOMPARE(at("model").toString(), QStringLiteral("openai/gpt-4o"));
        QCOMPARE(at("user").toString(), QStringLiteral("ann"));
        QCOMPARE(at("session_id").toString(), QStringLiteral("session-7"));
        QCOMPARE(at("tokens_input").toInteger(), 12);
        QCOMPARE(at("tokens_output").toInteger(), 40);
        QCOMPARE(at("cost_usd").toDouble(), 0.25);
        QCOMPARE(at("status_code").toInteger(), 200);
        QCOMPARE(at("cache_hit"), QJsonValue(false));
        QCOMPARE(at("route_used").toString(), QStringLiteral("default"));
        QCOMPARE(at("target_index").toInteger(), 0);
        QCOMPARE(at("fallback_used"), QJsonValue(false));
        QCOMPARE(at("retry_count").toInteger(), 2);
        QCOMPARE(at("circuit_breaker_state").toString(), QStringLiteral("closed"));
    }

    void streamsTellTheirTiming()
    {
        CollectedRequest request = successfulRequest(kNothing);
        request.record.stream = true;
        request.record.firstByteAt = request.record.startedAt + 300ms;
        request.lastContentAt = request.record.startedAt + 900ms;
        const QByteArray payload = payloadOf(request);
        QCOMPARE(jsonAt(payload, "events.0.data.ttft_ms").toInteger(), 300);
        QCOMPARE(jsonAt(payload, "events.0.data.ttlt_ms").toInteger(), 900);
        QCOMPARE(jsonAt(payload, "events.0.data.tags.x-lunargate-request-stream").toString(), QStringLiteral("true"));
    }

    void hitsOfTheCacheSaySo()
    {
        CollectedRequest request = successfulRequest(kNothing);
        request.record.cacheUse = CacheUse::Hit;
        QCOMPARE(jsonAt(payloadOf(request), "events.0.data.cache_hit"), QJsonValue(true));
    }

    void unknownCostsAreMarked()
    {
        CollectedRequest request = successfulRequest(kNothing);
        request.record.cost = Cost{};
        const QByteArray payload = payloadOf(request);
        QCOMPARE(jsonAt(payload, "events.0.data.cost_usd").toDouble(-1), 0.0);
        QCOMPARE(textAt(payload, "events.0.data.tags.x-lunargate-cost-source"), QByteArray("unknown"));
    }

    void requestLog()
    {
        const QByteArray payload = payloadOf(successfulRequest(kAll));
        QCOMPARE(textAt(payload, "events.1.type"), QByteArray("request_log"));
        const Keys expected = {"request_id", "timestamp",     "request_type", "user",        "session_id",
                               "provider",   "model",         "status_code",  "duration_ms", "route_used",
                               "cache_hit",  "fallback_used", "retry_count",  "request",     "response"};
        QCOMPARE(keysAt(payload, "events.1.data"), expected);
        QCOMPARE(textAt(payload, "events.1.data.request.messages.0.content"), QByteArray("my diary"));
        QCOMPARE(textAt(payload, "events.1.data.response.choices.0.message.content"), QByteArray("dear diary"));
        QCOMPARE(jsonAt(payload, "events.1.data.tags"), jsonAt(payload, "events.0.data.tags"));
    }

    void eachFlagSharesItsOwnBody()
    {
        const QByteArray prompts = payloadOf(successfulRequest(kPrompts));
        QVERIFY(prompts.contains("my diary"));
        QVERIFY(!prompts.contains("dear diary"));
        const QByteArray responses = payloadOf(successfulRequest(kResponses));
        QVERIFY(responses.contains("dear diary"));
        QVERIFY(!responses.contains("my diary"));
        const QByteArray noLonger = payloadOf(successfulRequest(kAll), kNothing);
        QVERIFY(!noLonger.contains("diary"));
        QCOMPARE(jsonAt(noLonger, "events").toArray().size(), 1);
        QVERIFY(!payloadOf(successfulRequest(kNothing), kAll).contains("diary"));
    }

    void failuresAreLoggedWithTheirPromptsOnly()
    {
        const auto count = [](Sharing sharing) {
            return jsonAt(payloadOf(failedRequest(sharing, ErrorKind::UpstreamStatus, 400)), "events").toArray().size();
        };
        QCOMPARE(count(kNothing), 1);
        QCOMPARE(count(kResponses), 1);
        QCOMPARE(count(kPrompts), 2);
        const QByteArray payload = payloadOf(failedRequest(kAll, ErrorKind::UpstreamStatus, 400));
        QVERIFY(jsonAt(payload, "events.1.data.response").isUndefined());
        QCOMPARE(textAt(payload, "events.1.data.request.messages.0.content"), QByteArray("my diary"));
        QCOMPARE(textAt(payload, "events.1.data.error_code"), QByteArray("their_type"));
        QCOMPARE(textAt(payload, "events.1.data.error_message"), QByteArray("the provider says: my diary"));
    }

    void metricsOnlySaysNothingOfPeopleAndTexts()
    {
        const QByteArray payload = payloadOf(failedRequest(kNothing, ErrorKind::UpstreamStatus, 400));
        for (const char *text : {"ann", "session-7", "50.1", "diary", "api.example", "their_type", "user"})
            QVERIFY2(!payload.contains(text), text);
        QCOMPARE(textAt(payload, "events.0.data.error_code"), QByteArray("provider_error"));
        QCOMPARE(textAt(payload, "events.0.data.tags.x-team"), QByteArray("blue"));
        QCOMPARE(textAt(payload, "events.0.data.tags.x-lunargate-gateway-lat"), QByteArray("14.4"));
    }

    // They can quote what was asked.
    void errorMessagesNeedSharedPrompts()
    {
        const auto payload = [](Sharing sharing) {
            return payloadOf(failedRequest(sharing, ErrorKind::UpstreamStatus, 400));
        };
        QVERIFY(payload(kPrompts).contains("my diary"));
        QVERIFY(!payload(kResponses).contains("diary"));
        QCOMPARE(textAt(payload(kResponses), "events.0.data.error_code"), QByteArray("their_type"));
    }

    void errorCodes_data()
    {
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("client left") << ErrorKind::ClientCancelled << 499 << QByteArray("client_cancelled");
        QTest::newRow("own limit") << ErrorKind::RateLimited << 429 << QByteArray("rate_limit_error");
        QTest::newRow("provider's limit") << ErrorKind::UpstreamStatus << 429 << QByteArray("rate_limit_error");
        QTest::newRow("provider's error") << ErrorKind::UpstreamStatus << 500 << QByteArray("provider_error");
        QTest::newRow("timeout") << ErrorKind::UpstreamTimeout << 502 << QByteArray("upstream_timeout");
        QTest::newRow("deadline") << ErrorKind::DeadlineExceeded << 504 << QByteArray("upstream_timeout");
        QTest::newRow("not reached") << ErrorKind::UpstreamTransport << 502 << QByteArray("upstream_error");
        QTest::newRow("nonsense") << ErrorKind::UpstreamProtocol << 502 << QByteArray("provider_parse_error");
        QTest::newRow("our own") << ErrorKind::NoRoute << 502 << QByteArray("some_reason");
    }
    void errorCodes()
    {
        QFETCH(ErrorKind, kind);
        QFETCH(int, status);
        QFETCH(QByteArray, code);
        QCOMPARE(textAt(payloadOf(failedRequest(kNothing, kind, status)), "events.0.data.error_code"), code);
    }

    void brokenStreamsHaveACodeOfTheirOwn()
    {
        CollectedRequest request = failedRequest(kNothing, ErrorKind::UpstreamTransport, 502);
        request.record.stream = true;
        request.record.firstByteAt = request.record.startedAt;
        QCOMPARE(textAt(payloadOf(request), "events.0.data.error_code"), QByteArray("streaming_error"));
    }

    // What no provider was asked for is any text of the client's.
    void refusedRequestsHaveNoProvider()
    {
        CollectedRequest request = failedRequest(kPrompts, ErrorKind::InvalidRequest, 400);
        request.targets = {};
        request.record.provider = {};
        request.record.modelAsked = "some-model";
        const QByteArray payload = payloadOf(request);
        QCOMPARE(textAt(payload, "events.0.data.model"), QByteArray("some-model"));
        QCOMPARE(jsonAt(payload, "events.0.data.provider").toString(QStringLiteral("?")), QString());
        QCOMPARE(jsonAt(payloadOf(request, kNothing), "events.0.data.model").toString(QStringLiteral("?")), QString());
    }

    void longTextsAreCut()
    {
        CollectedRequest request = failedRequest(kAll, ErrorKind::InvalidRequest, 400);
        request.targets = {};
        request.record.provider = {};
        request.record.modelAsked = QByteArray(100'000, 'm');
        request.record.errorMessage = QByteArray(100'000, 'e');
        request.routing.add("x-app", QByteArray(100'000, 'a'));
        request.request = {};
        QVERIFY(payloadOf(request).size() < 15'000);
    }

    void trace()
    {
        CollectedRequest request = successfulRequest(kAll);
        request.phase = CollectedRequest::Phase::Started;
        const QByteArray payload = payloadOf(request);
        QCOMPARE(jsonAt(payload, "events").toArray().size(), 1);
        QCOMPARE(textAt(payload, "events.0.type"), QByteArray("trace"));
        QCOMPARE(keysAt(payload, "events.0.data"), (Keys{"phase", "request_id", "timestamp"}));
        QCOMPARE(textAt(payload, "events.0.data.phase"), QByteArray("request_start"));
        QCOMPARE(textAt(payload, "events.0.data.tags.x-team"), QByteArray("blue"));
    }

    void tags()
    {
        const QByteArray payload = payloadOf(successfulRequest(kAll));
        const QJsonObject tags = jsonAt(payload, "events.0.data.tags").toObject();
        for (const QJsonValue &value : tags)
            QVERIFY(value.isString());
        const auto tag = [&tags](const char *name) { return tags.value(QLatin1StringView(name)).toString(); };
        QCOMPARE(tag("x-team"), QStringLiteral("blue"));
        QCOMPARE(tag("x-lunargate-user"), QStringLiteral("ann"));
        QCOMPARE(tag("x-lunargate-resolved-provider"), QStringLiteral("openai"));
        QCOMPARE(tag("x-lunargate-resolved-model"), QStringLiteral("openai/gpt-4o"));
        QCOMPARE(tag("x-lunargate-request-stream"), QStringLiteral("false"));
        QCOMPARE(tag("x-lunargate-upstream-base-url"), QStringLiteral("https://***@api.example/v1"));
        QCOMPARE(tag("x-lunargate-inference-temperature"), QStringLiteral("0.25"));
        QCOMPARE(tag("x-lunargate-inference-top-p"), QStringLiteral("1"));
        QVERIFY(!tags.contains(QStringLiteral("x-lunargate-inference-top-k")));
        QCOMPARE(tag("x-lunargate-cost-source"), QStringLiteral("table"));
        QCOMPARE(tagText(0.00001), QByteArray("0.00001"));
    }

    void tagsAreThoseOfTheTargetThatWasUsed()
    {
        CollectedRequest request = successfulRequest(kAll);
        request.targets.push_back(
            {.provider = "local", .model = "llama", .baseUrl = "http://b/v1", .defaults = {.topK = 40}});
        request.record.provider = "local";
        request.record.model = "llama";
        const QByteArray payload = payloadOf(request);
        QCOMPARE(textAt(payload, "events.0.data.tags.x-lunargate-resolved-model"), QByteArray("local/llama"));
        QCOMPARE(textAt(payload, "events.0.data.tags.x-lunargate-inference-top-k"), QByteArray("40"));
        QVERIFY(jsonAt(payload, "events.0.data.tags.x-lunargate-inference-top-p").isUndefined());
    }

    // A model or route that was not used is any text of the client's.
    void namesThatWereNotUsedAreTextsOfTheClient()
    {
        CollectedRequest request = successfulRequest(kPrompts);
        const auto tag = [&request](const char *name, Sharing allowed) {
            return eventTags(request, request.sharing & allowed).value(name).value_or("none");
        };
        for (const char *name : {"gpt-4o", "openai/gpt-4o"}) {
            request.routing.set("x-lunargate-model", name);
            QCOMPARE(tag("x-lunargate-model", kNothing), QByteArray(name));
        }
        request.routing.set("x-lunargate-route", "default");
        QCOMPARE(tag("x-lunargate-route", kNothing), QByteArray("default"));

        request.routing.set("x-lunargate-model", "my diary");
        request.routing.set("x-lunargate-route", "my diary");
        for (const char *name : {"x-lunargate-model", "x-lunargate-route"}) {
            QCOMPARE(tag(name, kNothing), QByteArray("none"));
            QCOMPARE(tag(name, kPrompts), QByteArray("my diary"));
        }
    }

    void parametersStandInTheRequest()
    {
        CollectedRequest request = successfulRequest(kAll);
        QByteArray payload = payloadOf(request);
        const QByteArray path = "events.1.data.request._lunargate.";
        QCOMPARE(jsonAt(payload, path + "inference_parameters.temperature").toDouble(), 0.25);
        QCOMPARE(jsonAt(payload, path + "inference_parameters.top_p").toDouble(), 1.0);
        QVERIFY(jsonAt(payload, path + "inference_parameters.top_k").isUndefined());

        request.setRequest(R"({"_lunargate":{"mine":1},"x":2})");
        payload = payloadOf(request);
        QCOMPARE(jsonAt(payload, path + "mine").toInteger(), 1);
        QCOMPARE(jsonAt(payload, path + "inference_parameters.temperature").toDouble(), 0.25);
        QCOMPARE(jsonAt(payload, "events.1.data.request.x").toInteger(), 2);

        request.asked = {};
        request.targets.front().defaults = {};
        request.setRequest(R"({"x":2})");
        QVERIFY(jsonAt(payloadOf(request), "events.1.data.request._lunargate").isUndefined());
    }

    void streamsAreAssembled()
    {
        CollectedRequest request = successfulRequest(kAll);
        request.response = {};
        request.addFrames("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"dear\"}}]}\n\n");
        request.addFrames("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" me\"}}]}\n\n");
        const QByteArray payload = payloadOf(request);
        QCOMPARE(textAt(payload, "events.1.data.response.object"), QByteArray("chat.completion"));
        QCOMPARE(textAt(payload, "events.1.data.response.choices.0.message.content"), QByteArray("dear me"));
        QCOMPARE(textAt(payload, "events.1.data.response.id"), QByteArray("id-1"));
    }

    void whatIsTooLargeIsLeftOut()
    {
        CollectedRequest request = successfulRequest(kAll);
        request.request = request.response = {};
        request.setRequest(QByteArray(CollectedRequest::kLargestBody + 1, ' '));
        request.setResponse(QByteArray(CollectedRequest::kLargestBody + 1, ' '));
        for (int i = 0; i < 3; ++i)
            request.addFrames(QByteArray(CollectedRequest::kLargestStream / 2, ' '));
        QVERIFY(request.request.isEmpty() && request.response.isEmpty() && request.frames.isEmpty());
        const QByteArray payload = payloadOf(request);
        QVERIFY(jsonAt(payload, "events.1.data.request").isUndefined());
        QVERIFY(jsonAt(payload, "events.1.data.response").isUndefined());
    }

    void secretsAreTakenOut()
    {
        registerSecret(SecretString("canary-5d1f0b55aa90"));
        registerSecret(SecretString("7777777"));
        CollectedRequest request = failedRequest(kAll, ErrorKind::UpstreamStatus, 401);
        request.routing.add("x-app", "canary-5d1f0b55aa90");
        request.record.client.user = "canary-5d1f0b55aa90";
        request.record.errorMessage = "wrong key canary-5d1f0b55aa90";
        request.record.errorType = "canary-5d1f0b55aa90";
        request.record.model = request.targets.front().model = "canary-5d1f0b55aa90";
        request.setRequest(R"({"messages":[{"content":"canary-5d1f0b55aa90 or sk-abcdefghijklmnop"}]})");
        QByteArray payload = payloadOf(request);
        QVERIFY2(!payload.contains("5d1f0b55aa90"), payload.constData());
        QVERIFY(!payload.contains("abcdefghijklmnop"));
        QVERIFY(isJson(payload));

        request.setRequest(R"({"number":7777777})"); // what would be no JSON any more is left out
        payload = payloadOf(request);
        QVERIFY(isJson(payload));
        QVERIFY(!payload.contains("7777777"));
    }

    void onePayloadHasTheEventsOfManyRequests()
    {
        std::vector<CollectedRequest> requests = {successfulRequest(kAll), successfulRequest(kNothing)};
        requests.push_back(successfulRequest(kAll));
        requests.back().phase = CollectedRequest::Phase::Started;
        const auto count = [&requests](Sharing allowed) {
            std::vector<WrittenReport> reports;
            for (const CollectedRequest &request : requests)
                reports.push_back(writtenReport(request, allowed));
            return jsonAt(collectorPayload(reports, kTime), "events").toArray().size();
        };
        QCOMPARE(count(kAll), 4);
        QCOMPARE(count(kNothing), 3);
    }

    // What was written when more was shared says no more than what would be written now.
    void writtenReportsAreReducedToTheirMeasurement()
    {
        for (const bool hasStarted : {true, false}) {
            CollectedRequest request = successfulRequest(kAll);
            if (!hasStarted)
                request.phase = CollectedRequest::Phase::Started;
            WrittenReport report = writtenReport(request, kAll);
            narrow(report, kAll);
            QCOMPARE(report, writtenReport(request, kAll));
            for (const Sharing less : {kPrompts, kResponses, kNothing}) {
                WrittenReport narrowed = report;
                narrow(narrowed, less);
                QCOMPARE(narrowed, writtenReport(request, kNothing));
            }
        }
    }
};

QTEST_APPLESS_MAIN(CollectorEventsTest)
#include "tst_collector_events.moc"
