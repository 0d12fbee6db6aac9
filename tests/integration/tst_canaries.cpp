// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

// Keys, each with a part that also shows what is left of one of which somebody hid only the beginning.
constexpr const char *kClientKey = "sk-client-canary-5b0c77d1e9";
constexpr const char *kWrongKey = "sk-client-canary-wrong-28aa6f31c4";
constexpr const char *kAdminKey = "sk-admin-canary-e41f9b6d02";
constexpr const char *kAdminToken = "adm-canary-93d7c5a80b";
constexpr const char *kHeaderKey = "hdr-canary-c06d2f4a7719";
constexpr const char *kCollectorKey = "lgw_canary_2c8e71d05f";
constexpr const char *kTelemetryKey = "otl-canary-77b1e0c34d";
const std::vector<QByteArray> kSecretParts = {"71c2d8e4",   "5b0c77d1e9", "28aa6f31c4", "e41f9b6d02",
                                              "93d7c5a80b", "c06d2f4a77", "2c8e71d05f", "77b1e0c34d"};

// Private things that are no secrets of the gateway's own.
constexpr const char *kPrompt = "prompt-canary-ad31";
constexpr const char *kAnswer = "answer-canary-be42";
constexpr const char *kTool = "tool_canary_cf53";
constexpr const char *kPerson = "person-canary-d064";
constexpr const char *kSession = "session-canary-e175";
constexpr const char *kFault = "fault-canary-f286";

/// What each sink holds, by its name.
using Sinks = std::map<QByteArray, QByteArray>;

QByteArray bytesOf(const HttpAnswer &answer)
{
    QByteArray all = answer.body;
    for (const HeaderList::Field &field : answer.headers)
        all += '\n' + field.name + ": " + field.value;
    return all;
}

/// All that a server was sent, but for the header that carries the key it wants.
QByteArray bytesOf(const FakeUpstream &server, QByteArrayView keyHeader)
{
    QByteArray all;
    for (int i = 0; i < server.requestCount(); ++i) {
        const ReceivedRequest &request = server.request(i);
        all += request.path + '\n' + request.body;
        for (const HeaderList::Field &field : request.headers) {
            if (field.name.compare(keyHeader, Qt::CaseInsensitive) != 0)
                all += '\n' + field.name + ": " + field.value;
        }
    }
    return all;
}

QByteArray filesBelow(const QString &folder)
{
    QByteArray all;
    for (const QFileInfo &info : QDir(folder).entryInfoList(QDir::Files)) {
        QFile file(info.filePath());
        if (file.open(QIODevice::ReadOnly))
            all += file.readAll();
    }
    return all;
}

/// A gateway that tells everything to everybody whom it can tell.
struct WatchedGateway : GatewayFixture
{
    enum class Sharing { Nothing, Everything };

    FakeUpstream collector;
    FakeUpstream telemetry;
    QTemporaryDir folder;
    QByteArray answers;
    std::unique_ptr<RawClient> feed;

    WatchedGateway()
    {
        collector.otherwise([](const ReceivedRequest &) { return Script::json(202, "{}"); });
        telemetry.otherwise([](const ReceivedRequest &) { return Script::json(200, "{}"); });
    }

    bool start(Sharing sharing)
    {
        const bool all = sharing == Sharing::Everything;
        const QByteArray word = all ? "true" : "false";
        const QByteArray sections = "logging: {level: trace}\ncircuit_breaker: {enabled: false}\n"
                                    "security:\n  slow_down: {max_delay: 0s}\n  api_key:\n    keys:\n"
                                    "      - {name: team, value: " +
                                    QByteArray(kClientKey) +
                                    "}\n"
                                    "      - {name: boss, value: " +
                                    kAdminKey +
                                    ", admin: true}\n"
                                    "admin: {token: " +
                                    kAdminToken +
                                    "}\n"
                                    "history: {capture: " +
                                    (all ? "bodies" : "metadata") + ", path: '" +
                                    folder.filePath(QStringLiteral("history.sqlite")).toUtf8() +
                                    "'}\n"
                                    "data_sharing:\n  enabled: true\n  share_prompts: " +
                                    word + "\n  share_responses: " + word + "\n  api_key: " + kCollectorKey +
                                    "\n  backend_url: " + collector.url() + "\n  spool_path: '" + spool().toUtf8() +
                                    "'\n"
                                    "telemetry:\n  endpoint: " +
                                    telemetry.url("") + "\n  content: " + word +
                                    "\n  compress: false\n  headers: {x-ingest: " + kTelemetryKey + "}\n";
        if (!GatewayFixture::start(
                {.provider = "headers: {x-team-secret: " + QByteArray(kHeaderKey) + "}", .sections = sections}))
            return false;
        feed = std::make_unique<RawClient>(port());
        feed->sendRequest("GET", "/admin/v1/events", {}, admin());
        return feed->waitForHead();
    }

    QString spool() const { return folder.filePath(QStringLiteral("spool")); }
    static HeaderList admin() { return {{"Authorization", QByteArray("Bearer ") + kAdminKey}}; }

    void ask(const Script &script, const QByteArray &more)
    {
        upstream.enqueue(script);
        ask(kClientKey, more);
    }
    void ask(const QByteArray &key, const QByteArray &more)
    {
        const QByteArray body = "{\"model\":\"fake-model\",\"user\":\"" + QByteArray(kPerson) +
                                "\",\"messages\":[{\"role\":\"system\",\"content\":\"be " + kPrompt +
                                "\"},{\"role\":\"user\",\"content\":\"I am " + kPrompt + ", my key is " + kProviderKey +
                                "\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"" + kTool + "\"}}]" +
                                more + "}";
        answers += bytesOf(client().post("/v1/chat/completions?api_key=" + key, body,
                                         {{"Authorization", "Bearer " + key},
                                          {"Cookie", "session=" + key},
                                          {"X-LunarGate-User", kPerson},
                                          {"X-LunarGate-SessionID", kSession},
                                          {"User-Agent", "agent with " + key}}));
    }

    /// Good and bad answers, which repeat keys, for whole answers and streams.
    void askEverything()
    {
        const QByteArray error = QByteArray("{\"error\":{\"message\":\"wrong key ") + kProviderKey + ' ' + kHeaderKey +
                                 ' ' + kFault + "\",\"type\":\"" + kFault + "\",\"code\":\"" + kProviderKey + "\"}}";
        for (const QByteArray &more : {QByteArray(), QByteArray(",\"stream\":true")}) {
            ask(more.isEmpty() ? Script::chat(QByteArray(kAnswer) + " and " + kProviderKey)
                               : Script::chatStream({QByteArray(kAnswer) + " and ", kProviderKey}),
                more);
            ask(Script::json(401, error), more);
            ask(Script::json(404, "{}", {{"x-request-id", kProviderKey}}), more);
            ask(Script::json(200, QByteArray("no json ") + kProviderKey), more);
            ask(Script::eventStream().content("a").data(error).end(), ",\"stream\":true");
            ask(Script().wire(QByteArray("HTTP/9.9 ") + kHeaderKey + "\r\n\r\n").close(), more);
            ask(kWrongKey, more);
        }
    }

    QByteArray get(const QByteArray &path) const { return bytesOf(client().get(path, admin())); }

    /// Ends the gateway, as the last of what it tells goes out then.
    Sinks finish(int records)
    {
        Sinks sinks;
        QByteArray list;
        const bool complete = waitUntil([&] {
            list = client().get("/admin/v1/requests?limit=100", admin()).body;
            return jsonAt(list, "data").toArray().size() >= records;
        });
        if (!complete)
            return {};
        sinks["list of requests"] = list;
        for (const QJsonValue &request : jsonAt(list, "data").toArray()) {
            const QByteArray path = "/admin/v1/requests/" + request[u"id"].toString().toLatin1();
            sinks["record"] += get(path);
            sinks["HAR"] += get(path + "?format=har");
            sinks["cURL"] += get(path + "?format=curl");
        }
        for (const char *name : {"config", "limits", "circuits", "cache", "stats?window=1h&by=model"})
            sinks[name] = get(QByteArray("/admin/v1/") + name);
        sinks["metrics"] = get("/metrics");
        sinks["live feed"] = feed->answer().body();
        sinks["database"] = filesBelow(folder.path());
        if (gateway.terminate(10s) != 0)
            return {};
        sinks["database"] += filesBelow(folder.path());
        sinks["log"] = gateway.log();
        sinks["collector"] = bytesOf(collector, "Authorization");
        sinks["telemetry"] = bytesOf(telemetry, "x-ingest");
        return sinks;
    }
};

/// The sinks in which one of these texts is.
QByteArrayList holders(const Sinks &sinks, const std::vector<QByteArray> &texts)
{
    QByteArrayList found;
    for (const auto &[name, bytes] : sinks) {
        for (const QByteArray &text : texts) {
            if (bytes.contains(text))
                found += name + ": " + text;
        }
    }
    return found;
}

} // namespace

/// Everything that the gateway tells anybody, searched for what must not be there. That each of these sinks does hold
/// something is checked too, so that an empty one cannot pass.
class GatewayCanariesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keysAreInNoSink_data()
    {
        QTest::addColumn<bool>("everything");
        QTest::newRow("nothing is shared") << false;
        QTest::newRow("everything is shared") << true;
    }

    void keysAreInNoSink()
    {
        QFETCH(const bool, everything);
        WatchedGateway f;
        QVERIFY(f.start(everything ? WatchedGateway::Sharing::Everything : WatchedGateway::Sharing::Nothing));
        f.askEverything();
        const Sinks sinks = f.finish(14);
        QVERIFY(!sinks.empty());
        QCOMPARE(holders(sinks, kSecretParts), QByteArrayList());
        for (const char *name :
             {"list of requests", "record", "HAR", "live feed", "database", "log", "collector", "telemetry", "metrics"})
            QVERIFY2(sinks.at(name).contains("fake-model"), name);
        QCOMPARE(sinks.at("cURL").contains("curl -sS"), everything); // it needs the body
        // Where they must have been.
        QCOMPARE(f.upstream.request(0).header("Authorization"), QByteArray("Bearer ") + kProviderKey);
        QCOMPARE(f.upstream.request(0).header("x-team-secret"), QByteArray(kHeaderKey));
        QCOMPARE(f.collector.request(0).header("Authorization"), QByteArray("Bearer ") + kCollectorKey);
        QCOMPARE(f.telemetry.request(0).header("x-ingest"), QByteArray(kTelemetryKey));
    }

    void keysAreInNoAnswer()
    {
        WatchedGateway f;
        QVERIFY(f.start(WatchedGateway::Sharing::Nothing));
        const QByteArray error = QByteArray("{\"error\":{\"message\":\"wrong key ") + kProviderKey + ' ' + kHeaderKey +
                                 "\",\"type\":\"t\",\"code\":\"" + kProviderKey + "\"}}";
        for (const QByteArray &more : {QByteArray(), QByteArray(",\"stream\":true")}) {
            f.ask(Script::json(401, error), more);
            f.ask(Script::json(200, QByteArray("no json ") + kProviderKey), more);
            f.ask(Script::eventStream().content("a").data(error).end(), ",\"stream\":true");
            f.ask(kWrongKey, more);
        }
        for (const QByteArray &part : kSecretParts)
            QVERIFY2(!f.answers.contains(part), part.constData());
        QVERIFY(f.answers.contains("wrong key"));
        QCOMPARE(f.gateway.terminate(10s), 0);
    }

    // What waits there is what would have left.
    void theSpoolHoldsNoMoreThanWouldBeSent_data() { keysAreInNoSink_data(); }

    void theSpoolHoldsNoMoreThanWouldBeSent()
    {
        QFETCH(const bool, everything);
        WatchedGateway f;
        f.collector.otherwise([](const ReceivedRequest &) { return Script::json(503, "{}"); });
        QVERIFY(f.start(everything ? WatchedGateway::Sharing::Everything : WatchedGateway::Sharing::Nothing));
        f.askEverything();
        QCOMPARE(f.gateway.terminate(10s), 0);
        const Sinks sinks = {{"spool", filesBelow(f.spool())}};
        QVERIFY(sinks.at("spool").contains("fake-model"));
        QCOMPARE(holders(sinks, kSecretParts), QByteArrayList());
        QCOMPARE(sinks.at("spool").contains(kPrompt), everything);
        QCOMPARE(sinks.at("spool").contains(kPerson), everything);
    }

    void privateTextsStayHereUntilSomebodyWantsThem()
    {
        WatchedGateway f;
        QVERIFY(f.start(WatchedGateway::Sharing::Nothing));
        f.askEverything();
        Sinks sinks = f.finish(14);
        QVERIFY(!sinks.empty());
        QCOMPARE(holders(sinks, {kPrompt, kAnswer, kTool}), QByteArrayList());
        const Sinks leaving = {
            {"collector", sinks["collector"]}, {"telemetry", sinks["telemetry"]}, {"metrics", sinks["metrics"]}};
        QCOMPARE(holders(leaving, {kPerson, kSession, kFault}), QByteArrayList());
    }

    void whatIsAskedForIsThere()
    {
        WatchedGateway f;
        QVERIFY(f.start(WatchedGateway::Sharing::Everything));
        f.askEverything();
        const Sinks sinks = f.finish(14);
        QVERIFY(!sinks.empty());
        for (const char *name : {"record", "HAR", "database", "collector", "telemetry"}) {
            QVERIFY2(sinks.at(name).contains(kPrompt), name);
            QVERIFY2(sinks.at(name).contains(kAnswer), name);
        }
        for (const char *text : {kTool, kPerson, kSession, kFault}) // or their absence elsewhere says nothing
            QVERIFY2(sinks.at("record").contains(text), text);
        QCOMPARE(holders({{"log", sinks.at("log")}, {"metrics", sinks.at("metrics")}}, {kPrompt, kAnswer, kTool}),
                 QByteArrayList());
    }
};

QTEST_GUILESS_MAIN(GatewayCanariesTest)
#include "tst_canaries.moc"
