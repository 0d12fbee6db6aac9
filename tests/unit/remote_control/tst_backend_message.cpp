// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/backend_message.h"

#include "gateway/http/buffered_response.h"
#include "gateway/remote_control/message_writer.h"
#include "gateway/remote_control/sandbox_request.h"
#include "gateway/version.h"
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray execute(const QByteArray &target, const QByteArray &request)
{
    return R"({"type":"sandbox.execute","command_id":"c1","target":)" + target + R"(,"request":)" + request + "}";
}

HttpRequest requestFor(const QByteArray &target, const QByteArray &request)
{
    return sandboxRequest(std::get<SandboxCommand>(readBackendMessage(execute(target, request))));
}

QByteArray answerWith(const QByteArray &body, const QByteArray &type = "application/json")
{
    BufferedResponse response(1000);
    response.send(200, type, body);
    return sandboxResponse({.commandId = "c1", .instanceId = "i1", .status = 200, .response = &response});
}

} // namespace

/// What is understood of the backend, and what it is told.
class BackendMessageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void ignoresWhatIsNoCommand_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("a heartbeat") << QByteArray(R"({"type":"heartbeat"})");
        QTest::newRow("an unknown type") << QByteArray(R"({"type":"news","text":"hi"})");
        QTest::newRow("no JSON") << QByteArray("hello");
        QTest::newRow("no object") << QByteArray(R"(["sandbox.execute"])");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("an id that is no text") << QByteArray(R"({"type":"sandbox.delete","command_id":1})");
        QTest::newRow("a heartbeat with an id") << QByteArray(R"({"type":"heartbeat","command_id":"c1"})");
        QTest::newRow("an answer") << QByteArray(R"({"type":"sandbox.response","command_id":"c1"})");
        QTest::newRow("an unknown type with an id") << QByteArray(R"({"type":"config.write","command_id":"c1"})");
    }

    void ignoresWhatIsNoCommand()
    {
        QFETCH(const QByteArray, message);
        const BackendMessage read = readBackendMessage(message);
        if (message.contains("heartbeat"))
            QVERIFY(std::holds_alternative<std::monostate>(read));
        else
            QVERIFY(std::holds_alternative<IgnoredMessage>(read));
    }

    void refusesOtherCommands()
    {
        const auto message = readBackendMessage(R"({"type":"sandbox.delete","command_id":"c9","config":{}})");
        const auto *refused = std::get_if<RefusedCommand>(&message);
        QVERIFY(refused);
        QCOMPARE(refused->id, QByteArray("c9"));
        QCOMPARE(refused->type, QByteArray("sandbox.delete"));
        QCOMPARE(refused->status, 403);
        QVERIFY(refused->error.contains("sandbox.execute"));
    }

    void refusesMalformedCommands_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("no id") << QByteArray(R"({"type":"sandbox.execute","request":{}})");
        QTest::newRow("no request") << QByteArray(R"({"type":"sandbox.execute","command_id":"c1"})");
        QTest::newRow("a request that is a text") << execute("{}", R"("hi")");
        QTest::newRow("no route") << execute(R"({"mode":"route"})", "{}");
        QTest::newRow("no model") << execute(R"({"mode":"model","value":""})", "{}");
        QTest::newRow("a long mode") << execute(R"({"mode":"long"})", "{}").replace("long", QByteArray(129, 'm'));
        QTest::newRow("a long target")
            << execute(R"({"mode":"auto","value":"long"})", "{}").replace("long", QByteArray(513, 't'));
        QTest::newRow("a long id") << execute("{}", "{}").replace("c1", QByteArray(129, 'i'));
    }

    void refusesMalformedCommands()
    {
        QFETCH(const QByteArray, message);
        const auto read = readBackendMessage(message);
        const auto *refused = std::get_if<RefusedCommand>(&read);
        QVERIFY(refused);
        QCOMPARE(refused->status, 400);
        QVERIFY(!refused->error.isEmpty());
        QVERIFY(refused->id.size() <= 128);
    }

    void takesTextsOfReasonableLength()
    {
        const QByteArray target = QByteArray(R"({"mode":"long","value":"longer"})")
                                      .replace("longer", QByteArray(512, 't'))
                                      .replace("long", QByteArray(128, 'm'));
        QVERIFY(std::holds_alternative<SandboxCommand>(readBackendMessage(execute(target, "{}"))));
        const BackendMessage read = readBackendMessage(
            QByteArray(R"({"command_id":"c1","type":"sandbox.long"})").replace("long", QByteArray(500, 'x')));
        QCOMPARE(std::get<RefusedCommand>(read).type.size(), 128);
    }

    void aRouteTakesTheModelsPlace()
    {
        const HttpRequest request =
            requestFor(R"({"mode":"route","value":"fast"})", R"({"model":"x","messages":[],"seed":1e2})");
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.target, QByteArray("/v1/chat/completions"));
        QCOMPARE(request.body, QByteArray(R"({"model":"lunargate/auto","messages":[],"seed":1e2})"));
        QCOMPARE(request.headers.value("X-LunarGate-Route"), QByteArray("fast"));
        QCOMPARE(request.headers.value("X-LunarGate-No-Cache"), QByteArray("true"));
        QVERIFY(!request.headers.contains("X-LunarGate-Model"));
        QCOMPARE(request.builtInCaller, QByteArray("remote-control"));
    }

    void aModelIsNamedByAHeader()
    {
        const HttpRequest request = requestFor(R"({"mode":"model","value":"openai/gpt"})", R"({"messages":[]})");
        QCOMPARE(request.body, QByteArray(R"({"messages":[]})"));
        QCOMPARE(request.headers.value("X-LunarGate-Model"), QByteArray("openai/gpt"));
        QVERIFY(!request.headers.contains("X-LunarGate-Route"));
    }

    void otherModesNameNothing()
    {
        const HttpRequest request = requestFor(R"({"mode":"auto","value":"y"})", R"({"model":"x"})");
        QCOMPARE(request.body, QByteArray(R"({"model":"x"})"));
        QVERIFY(!request.headers.contains("X-LunarGate-Model"));
        QVERIFY(!request.headers.contains("X-LunarGate-Route"));
    }

    void streamsAreAnsweredWhole()
    {
        QCOMPARE(requestFor("{}", R"({"stream":true,"stream_options":{"include_usage":true},"n":1})").body,
                 QByteArray(R"({"stream":false,"n":1})"));
    }

    void saysWhatThereIs()
    {
        const QByteArray hello = helloMessage({.instanceId = "i1", .routes = {"b", "a"}, .models = {"p/m"}});
        QCOMPARE(hello, R"({"type":"hello","instance_id":"i1","version":")" + QByteArray(version()) +
                            R"(","routes":["a","b"],"models":["p/m"]})");
        QCOMPARE(helloMessage({.instanceId = "i1", .routes = {}, .models = {}}),
                 R"({"type":"hello","instance_id":"i1","version":")" + QByteArray(version()) + R"("})");
        QCOMPARE(heartbeatMessage(), QByteArray(R"({"type":"heartbeat"})"));
    }

    void readsModelLists()
    {
        const std::vector<QByteArray> expected = {"p/m", "alias"};
        QCOMPARE(modelIds(R"({"data":[{"id":"p/m"},{"id":"alias"},{"id":"lunargate/auto"}]})"), expected);
        QVERIFY(modelIds("no list").empty());
    }

    void answersWithWhatTheGatewaySaid()
    {
        BufferedResponse response(1000);
        response.setHeader("X-LunarGate-Request-ID", "r1");
        response.setHeader("X-LunarGate-Provider", "p");
        response.setHeader("X-LunarGate-Model", "m");
        response.setHeader("X-LunarGate-Route", "fast");
        response.setHeader("X-Other", "stays here");
        response.send(200, "application/json", R"({"n":1e2})");
        const QByteArray answer =
            sandboxResponse({.commandId = "c1", .instanceId = "i1", .status = 200, .response = &response});
        QCOMPARE(answer, QByteArray(R"({"type":"sandbox.response","command_id":"c1","instance_id":"i1","ok":true,)"
                                    R"("status_code":200,"request_id":"r1","provider":"p","model":"m",)"
                                    R"("route_used":"fast","headers":{"X-LunarGate-Request-ID":"r1",)"
                                    R"("X-LunarGate-Provider":"p","X-LunarGate-Model":"m",)"
                                    R"("X-LunarGate-Route":"fast","Content-Type":"application/json"},)"
                                    R"("body":{"n":1e2}})"));
    }

    void bodiesAreJsonOrText()
    {
        QCOMPARE(jsonAt(answerWith(R"([1,2])"), "body.1").toInt(), 2);
        QCOMPARE(textAt(answerWith("no \"JSON\"", "text/plain"), "body"), QByteArray("no \"JSON\""));
        QVERIFY(jsonAt(answerWith({}), "body").isObject());
    }

    void failuresSayWhy()
    {
        QCOMPARE(sandboxResponse({.commandId = "c1", .instanceId = "i1", .status = 504, .error = "too slow"}),
                 QByteArray(R"({"type":"sandbox.response","command_id":"c1","instance_id":"i1","ok":false,)"
                            R"("status_code":504,"error":"too slow"})"));
    }

    void largeAnswersAreLeftOut()
    {
        BufferedResponse response(3);
        response.startStream(200, "text/plain");
        response.write("12");
        QCOMPARE(response.body(), QByteArray("12"));
        QVERIFY(!response.isTooLarge());
        response.write("34");
        QVERIFY(response.isTooLarge());
        QVERIFY(response.body().isEmpty());
        response.write("5");
        response.finishStream();
        QVERIFY(response.body().isEmpty());
        const QByteArray answer = sandboxResponse({.status = 413, .error = "too large", .response = &response});
        QVERIFY(jsonAt(answer, "body").isUndefined());
        QCOMPARE(textAt(answer, "headers.Content-Type"), QByteArray("text/plain"));
    }
};

QTEST_GUILESS_MAIN(BackendMessageTest)
#include "tst_backend_message.moc"
