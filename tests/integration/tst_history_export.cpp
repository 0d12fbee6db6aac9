// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *kClientKey = "sk-client-canary-51be0d77";

const ConfigChanges kBodies{.sections = "history: {capture: bodies, max_body_bytes: 4KiB, redact: ['diary-[0-9]+']}\n"};

QByteArray bodyWith(const QByteArray &text, const QByteArray &more = {})
{
    return "{\"model\":\"fake-model\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + more + "}";
}

/// With a key and a cookie, of which nothing may be left.
QByteArray chatId(const GatewayFixture &fixture, const QByteArray &body)
{
    const HeaderList headers = {{"Authorization", QByteArray("Bearer ") + kClientKey},
                                {"Cookie", QByteArray("session=") + kClientKey},
                                {"X-Odd", "it's \"$HOME\" `id`"}};
    return fixture.chat(body, headers).header("X-LunarGate-Request-ID");
}

/// What a shell gives to a program called curl when it runs `command`.
QByteArrayList argumentsOf(const QByteArray &command)
{
    const QTemporaryDir folder;
    QFile program(folder.filePath(QStringLiteral("curl")));
    if (!program.open(QIODevice::WriteOnly))
        return {};
    program.write("#!/bin/sh\n/bin/cat >/dev/null\nfor a in \"$@\"; do printf '%s\\0' \"$a\"; done\n");
    program.close();
    program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QProcess shell;
    shell.setProcessEnvironment([&] {
        QProcessEnvironment environment;
        environment.insert(QStringLiteral("PATH"), folder.path());
        environment.insert(QStringLiteral("LUNARGATE_API_KEY"), QStringLiteral("key of the shell"));
        environment.insert(QStringLiteral("HOME"), QStringLiteral("/expanded"));
        return environment;
    }());
    shell.start(QStringLiteral("/bin/sh"), {});
    shell.write(command); // too long for an argument
    shell.closeWriteChannel();
    if (!shell.waitForFinished() || !shell.readAllStandardError().isEmpty())
        return {};
    QByteArrayList arguments = shell.readAllStandardOutput().split('\0');
    arguments.removeLast();
    return arguments;
}

/// What an entry of a HAR must have and has not (HAR 1.2).
QByteArrayList missingMembers(const QByteArray &har, const QByteArray &entry)
{
    QByteArrayList missing;
    for (const char *member : {"startedDateTime",
                               "time",
                               "request.method",
                               "request.url",
                               "request.httpVersion",
                               "request.cookies",
                               "request.headers",
                               "request.queryString",
                               "request.headersSize",
                               "request.bodySize",
                               "response.status",
                               "response.statusText",
                               "response.httpVersion",
                               "response.cookies",
                               "response.headers",
                               "response.content.size",
                               "response.content.mimeType",
                               "response.redirectURL",
                               "response.headersSize",
                               "response.bodySize",
                               "cache",
                               "timings.send",
                               "timings.wait",
                               "timings.receive"}) {
        if (jsonAt(har, entry + '.' + member).isUndefined())
            missing.append(member);
    }
    for (const char *member : {"log.version", "log.creator.name", "log.creator.version", "log.entries"}) {
        if (jsonAt(har, member).isUndefined())
            missing.append(member);
    }
    return missing;
}

} // namespace

/// What the history keeps of bodies, and how it gives them out.
class GatewayHistoryExportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void bothSidesAreKept()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(kBodies));
        const QByteArray body = bodyWith("hello");
        const QByteArray id = chatId(fixture, body);
        const QByteArray record = fixture.client().get("/admin/v1/requests/" + id).body;
        QCOMPARE(textAt(record, "messages.client_request.body"), body);
        QVERIFY(textAt(record, "messages.client_answer.body").contains("Hello from upstream"));
        QCOMPARE(textAt(record, "messages.provider_request.body"), fixture.upstream.lastRequest().body);
        QVERIFY(textAt(record, "messages.provider_answer.body").contains("Hello from upstream"));
        QVERIFY(jsonAt(record, "messages.provider_answer.headers").toArray().size() > 0);
    }

    void framesOfAStreamHaveTheirTimes()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(kBodies));
        const auto gate = Gate::make();
        fixture.upstream.enqueue(
            Script::eventStream().content("first").hold(gate).content("second").data("[DONE]").end());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", bodyWith("x", ",\"stream\":true"));
        QVERIFY(client.waitForBody("first"));
        gate->open();
        QVERIFY(client.waitForAnswer());
        const QByteArray page = fixture.client().get("/admin/v1/requests").body;
        const QByteArray record = fixture.client().get("/admin/v1/requests/" + textAt(page, "data.0.id")).body;
        QCOMPARE(textAt(record, "messages.client_answer.body"), client.answer().body());
        const QByteArray provider = textAt(record, "messages.provider_answer.body");
        for (const char *side : {"client_answer", "provider_answer"}) {
            const QByteArray message = QByteArray("messages.") + side;
            const QJsonArray frames = jsonAt(record, message + ".frames").toArray();
            QVERIFY(frames.size() >= 2);
            QCOMPARE(frames.last()[QLatin1String("end")].toInteger(), textAt(record, message + ".body").size());
            for (qsizetype i = 1; i < frames.size(); ++i) {
                QVERIFY(frames[i][QLatin1String("at_ms")].toDouble() >=
                        frames[i - 1][QLatin1String("at_ms")].toDouble());
                QVERIFY(frames[i][QLatin1String("end")].toInt() > frames[i - 1][QLatin1String("end")].toInt());
            }
        }
        QVERIFY(provider.endsWith("[DONE]\n\n"));
    }

    void bodiesAreBounded()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(kBodies));
        const QByteArray body = bodyWith(QByteArray(200'000, 'x'));
        const QByteArray id = chatId(fixture, body);
        const QByteArray record = fixture.client().get("/admin/v1/requests/" + id).body;
        QCOMPARE(textAt(record, "messages.client_request.body").size(), 4096);
        QCOMPARE(jsonAt(record, "messages.client_request.left_out_bytes").toInteger(), body.size() - 4096);
        const HttpAnswer curl = fixture.client().get("/admin/v1/requests/" + id + "?format=curl");
        QCOMPARE(curl.status, 404);
        QCOMPARE(textAt(curl.body, "error.code"), QByteArray("body_not_kept"));
    }

    void theArchiveHasAllThatItMust()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(kBodies));
        const QByteArray body = bodyWith("hello");
        const QByteArray id = chatId(fixture, body);
        chatId(fixture, "{");
        for (const QByteArray &path : {"/admin/v1/requests/" + id + "?format=har",
                                       QByteArray("/admin/v1/requests?format=har&filter=status:200")}) {
            const QByteArray har = fixture.client().get(path).body;
            QCOMPARE(textAt(har, "log.version"), QByteArray("1.2"));
            QCOMPARE(jsonAt(har, "log.entries").toArray().size(), 1);
            QCOMPARE(missingMembers(har, "log.entries.0"), QByteArrayList());
            QCOMPARE(textAt(har, "log.entries.0.request.postData.text"), body);
            QVERIFY(textAt(har, "log.entries.0.request.url").endsWith("/v1/chat/completions"));
            QCOMPARE(jsonAt(har, "log.entries.0.response.status").toInt(), 200);
            QVERIFY(textAt(har, "log.entries.0.response.content.text").contains("Hello from upstream"));
            double sum = 0; // HAR 1.2: `connect` includes `ssl`, and -1 is not to be added
            for (const char *part : {"blocked", "dns", "connect", "send", "wait", "receive"})
                sum += std::max(jsonAt(har, QByteArray("log.entries.0.timings.") + part).toDouble(), 0.0);
            QVERIFY(qAbs(sum - jsonAt(har, "log.entries.0.time").toDouble()) < 0.01);
            QVERIFY(jsonAt(har, "log.entries.0.timings.connect").toDouble() >= 0);
            QCOMPARE(jsonAt(har, "log.entries.0.timings.ssl").toInt(), -1);
        }
        const QByteArray both = fixture.client().get("/admin/v1/requests?format=har").body;
        QCOMPARE(jsonAt(both, "log.entries").toArray().size(), 2);
        QCOMPARE(missingMembers(both, "log.entries.0"), QByteArrayList());
        QVERIFY(jsonAt(both, "log._next").isUndefined());
        const QByteArray first = fixture.client().get("/admin/v1/requests?format=har&limit=1").body;
        const QByteArray rest =
            fixture.client().get("/admin/v1/requests?format=har&cursor=" + textAt(first, "log._next")).body;
        QCOMPARE(textAt(rest, "log.entries.0._lunargate.id"), id);
    }

    void theCommandGivesCurlTheSameRequest()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(kBodies));
        const QByteArray body = bodyWith("it's $HOME `id` \\\\ %s !x \\n @file");
        const QByteArray id = chatId(fixture, body);
        const HttpAnswer answer = fixture.client().get("/admin/v1/requests/" + id + "?format=curl");
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body.contains("$LUNARGATE_API_KEY"));
        const QByteArrayList arguments = argumentsOf(answer.body);
        QCOMPARE(arguments.mid(0, 5),
                 QByteArrayList({"-sS", "-N", "-X", "POST",
                                 "http://127.0.0.1:" + QByteArray::number(fixture.port()) + "/v1/chat/completions"}));
        QVERIFY(arguments.contains("Authorization: Bearer key of the shell"));
        QVERIFY(arguments.contains("X-Odd: it's \"$HOME\" `id`"));
        QVERIFY(arguments.contains("Content-Type: application/json"));
        QCOMPARE(arguments.mid(arguments.size() - 2), QByteArrayList({"--data-raw", body}));
        for (const QByteArray &argument : arguments)
            QVERIFY2(!argument.startsWith("Host:") && !argument.startsWith("Content-Length:"), argument.constData());
    }

    void behindAProxyWithTlsTheAddressIsItsOwn()
    {
        GatewayFixture fixture;
        // Without a key, /admin is for this machine alone.
        const QByteArray security =
            QByteArray("security: {api_key: {keys: [{value: ") + kClientKey + ", admin: true}]}}\n";
        QVERIFY(fixture.start({.server = "trusted_proxies: [127.0.0.1]", .sections = kBodies.sections + security}));
        const HeaderList::Field key = {"Authorization", QByteArray("Bearer ") + kClientKey};
        const QByteArray path = "/admin/v1/requests/" + chatId(fixture, bodyWith("x")) + "?format=har";
        const auto url = [&](const HeaderList &headers) {
            return textAt(fixture.client().get(path, headers).body, "log.entries.0.request.url");
        };
        const QByteArray secured = url({key, {"X-Forwarded-Proto", "https"}});
        QVERIFY2(secured.startsWith("https://127.0.0.1:"), secured.constData());
        QVERIFY(url({key}).startsWith("http://127.0.0.1:"));
    }

    // Linux takes no argument over 128 KiB.
    void theCommandTakesLongRequestsToo()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "history: {capture: bodies}\n"}));
        const QByteArray body = bodyWith("it's " + QByteArray(300'000, 'x'));
        const QByteArray id = chatId(fixture, body);
        const QByteArray command = fixture.client().get("/admin/v1/requests/" + id + "?format=curl").body;
        const QByteArrayList arguments = argumentsOf(command);
        QCOMPARE(arguments.mid(arguments.size() - 2), QByteArrayList({"--data-binary", "@-"}));
        QVERIFY(command.startsWith("printf %s '" + QByteArray(body).replace('\'', "'\\''") + "' | curl "));
    }

    void aReloadEndsTheKeepingOfBodiesAtOnce()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(kBodies));
        const auto gate = Gate::make();
        fixture.upstream.enqueue(
            Script::eventStream().content("first").hold(gate).content("my-private-diary").data("[DONE]").end());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", bodyWith("x", ",\"stream\":true"));
        QVERIFY(client.waitForBody("first"));
        QVERIFY(fixture.gateway.writeConfig(simpleConfig(fixture.upstream)));
        QCOMPARE(fixture.client().post("/admin/v1/reload", {}).status, 200);
        gate->open();
        QVERIFY(client.waitForAnswer());
        const QByteArray page = fixture.client().get("/admin/v1/requests").body;
        const QByteArray record = fixture.client().get("/admin/v1/requests/" + textAt(page, "data.0.id")).body;
        QCOMPARE(jsonAt(record, "status").toInt(), 200);
        QVERIFY(jsonAt(record, "messages").isUndefined());
    }

    void secretsAreInNoneOfThem()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(kBodies));
        RawClient listener(fixture.port());
        listener.sendRequest("GET", "/admin/v1/events");
        QVERIFY(listener.waitForHead());
        const QByteArray body = bodyWith(QByteArray("my key ") + kProviderKey + " and diary-4711");
        fixture.upstream.enqueue(
            Script::json(401, QByteArray("{\"error\":{\"message\":\"bad ") + kProviderKey + "\"}}"));
        const QByteArray id = chatId(fixture, body);
        QVERIFY(listener.waitForBody(id));
        const QByteArray path = "/admin/v1/requests/" + id;
        const QByteArrayList texts = {
            listener.answer().body(),
            fixture.client().get("/admin/v1/requests").body,
            fixture.client().get("/admin/v1/requests?format=har").body,
            fixture.client().get(path).body,
            fixture.client().get(path + "?format=har").body,
            fixture.client().get(path + "?format=curl").body,
            fixture.client().get("/admin/v1/stats?by=client").body,
        };
        for (const QByteArray &text : texts) {
            QVERIFY(text.size() > 100);
            for (const QByteArray &secret :
                 {QByteArray(kProviderKey), QByteArray(kClientKey), QByteArray("diary-4711")})
                QVERIFY2(!text.contains(secret.right(10)), text.constData());
        }
        QVERIFY(texts[3].contains("my key"));
    }

    void withoutBodiesThereIsNoCommand()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const QByteArray id = chatId(fixture, bodyWith("my-private-diary"));
        const QByteArray record = fixture.client().get("/admin/v1/requests/" + id).body;
        QVERIFY(jsonAt(record, "messages").isUndefined());
        QVERIFY(!record.contains("my-private-diary"));
        QCOMPARE(fixture.client().get("/admin/v1/requests/" + id + "?format=curl").status, 404);
        const QByteArray har = fixture.client().get("/admin/v1/requests/" + id + "?format=har").body;
        QCOMPARE(missingMembers(har, "log.entries.0"), QByteArrayList());
        QVERIFY(!har.contains("my-private-diary"));
    }
};

QTEST_GUILESS_MAIN(GatewayHistoryExportTest)
#include "tst_history_export.moc"
