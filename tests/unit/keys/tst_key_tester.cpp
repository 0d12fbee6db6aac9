// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"
#include "gateway/keys/key_tester.h"

#include "tests/support/fake_upstream.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

class KeyTesterTest : public QObject
{
    Q_OBJECT

private:
    static Task<> keep(Task<KeyVerdict> task, std::optional<KeyVerdict> &verdict)
    {
        verdict = co_await std::move(task);
    }

    static KeyVerdict test(const ProviderConfig &service, const KeychainEntry &entry)
    {
        KeyTester tester;
        TaskRunner runner;
        std::optional<KeyVerdict> verdict;
        runner.start(keep(tester.test(service, entry), verdict), [](const std::exception_ptr &) {});
        if (!waitUntil([&] { return verdict.has_value(); }))
            QTest::qFail("no verdict", __FILE__, __LINE__);
        return verdict.value_or(KeyVerdict());
    }

    static ProviderConfig at(const QByteArray &url, Protocol protocol = Protocol::OpenAi)
    {
        ProviderConfig service;
        service.baseUrl = url;
        service.protocol = protocol;
        return service;
    }

    /// A service that wants that key.
    static FakeUpstream::Behaviour listsFor(const QByteArray &header, const QByteArray &value)
    {
        return [header, value](const ReceivedRequest &request) {
            return request.header(header) == value ? Script::json(200, R"({"data":[{"id":"a"},{"id":"b"}]})")
                                                   : Script::json(401, "{}");
        };
    }

    const KeychainEntry kKey{.secret = SecretString("sk-canary-1"), .origin = {}};

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aListOfModelsMeansThatTheKeyIsTaken()
    {
        FakeUpstream upstream;
        upstream.otherwise(listsFor("Authorization", "Bearer sk-canary-1"));
        const KeyVerdict verdict = test(at(upstream.url()), kKey);
        QCOMPARE(verdict.kind, KeyVerdict::Kind::Accepted);
        QCOMPARE(verdict.status, 200);
        QCOMPARE(verdict.models, 2);
        QCOMPARE(upstream.lastRequest().method, "GET");
        QCOMPARE(upstream.lastRequest().header("Authorization"), "Bearer sk-canary-1");
    }

    void errorsAreTold_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<Protocol>("protocol");
        QTest::addColumn<KeyVerdict::Kind>("kind");
        using enum KeyVerdict::Kind;
        QTest::newRow("401") << 401 << Protocol::OpenAi << Rejected;
        QTest::newRow("403") << 403 << Protocol::OpenAi << Rejected;
        QTest::newRow("Gemini's 400") << 400 << Protocol::Gemini << Rejected;
        QTest::newRow("400") << 400 << Protocol::OpenAi << Unclear;
        QTest::newRow("404") << 404 << Protocol::OpenAi << Unclear;
        QTest::newRow("503") << 503 << Protocol::Anthropic << Unclear;
    }

    void errorsAreTold()
    {
        QFETCH(const int, status);
        QFETCH(const Protocol, protocol);
        QFETCH(const KeyVerdict::Kind, kind);
        FakeUpstream upstream;
        upstream.otherwise([status](const ReceivedRequest &) {
            return Script::json(status, R"({"error":{"message":"wrong key sk-canary-1","code":400,"status":"X"}})");
        });
        const KeyVerdict verdict = test(at(upstream.url(), protocol), kKey);
        QCOMPARE(verdict.kind, kind);
        QCOMPARE(verdict.status, status);
        QVERIFY(!verdict.detail.contains("canary"));
    }

    void whoAsksForNoKeySaysNothingOfIt()
    {
        FakeUpstream upstream;
        upstream.on("/v1/models", Script::json(200, R"({"data":[{"id":"a"}]})"));
        const KeyVerdict verdict = test(at(upstream.url()), kKey);
        QCOMPARE(verdict.kind, KeyVerdict::Kind::Unclear);
        QVERIFY2(verdict.detail.contains("without this key"), verdict.detail.constData());
    }

    void whoIsSentNoKeyIsNotAsked()
    {
        FakeUpstream upstream;
        ProviderConfig service = at(upstream.url());
        service.auth.scheme = KeyScheme::None;
        const KeyVerdict verdict = test(service, kKey);
        QCOMPARE(verdict.kind, KeyVerdict::Kind::Unclear);
        QVERIFY2(verdict.detail.contains("auth.scheme"), verdict.detail.constData());
        QCOMPARE(upstream.requestCount(), 0);
    }

    // The running configuration still has the key that was there before.
    void anOlderKeyInAHeaderIsNotTakenForThisOne()
    {
        FakeUpstream upstream;
        upstream.otherwise(listsFor("x-api-key", "sk-old"));
        ProviderConfig service = at(upstream.url());
        for (const char *key : {"sk-old", "sk-revoked"}) {
            service.headers = {{"x-api-key", key}};
            const KeyVerdict verdict = test(service, kKey);
            QCOMPARE(verdict.kind, KeyVerdict::Kind::Unclear);
            QVERIFY(!verdict.detail.isEmpty());
        }
    }

    void nobodyThereIsTold()
    {
        const KeyVerdict verdict = test(at("http://127.0.0.1:1/v1"), kKey);
        QCOMPARE(verdict.kind, KeyVerdict::Kind::Unreachable);
        QVERIFY(!verdict.detail.isEmpty());
    }

    void whatMakesNoSenseIsUnclear()
    {
        FakeUpstream upstream;
        upstream.otherwise([](const ReceivedRequest &) { return Script::json(200, "<html>"); });
        QCOMPARE(test(at(upstream.url()), kKey).kind, KeyVerdict::Kind::Unclear);
    }

    void keysGoNowhereElse()
    {
        FakeUpstream upstream;
        const KeyVerdict verdict =
            test(at(upstream.url()), {.secret = SecretString("sk-1"), .origin = "https://api.openai.com"});
        QCOMPARE(verdict.kind, KeyVerdict::Kind::Unclear);
        QVERIFY(verdict.detail.contains("https://api.openai.com"));
        QCOMPARE(upstream.requestCount(), 0);
    }

    void theServiceIsTheOneThatUsesIt()
    {
        ProviderConfig mine = at("https://api.openai.com/v1");
        mine.id = "mine";
        const std::vector<ProviderConfig> providers{mine};
        const auto urlOf = [&](const KeyRow &key) {
            const std::optional<ProviderConfig> service = serviceOfKey(key, providers);
            return service ? service->id + ' ' + service->baseUrl : QByteArray("none");
        };
        QCOMPARE(urlOf({.name = "k", .origin = {}, .users = {"mine"}}), "mine https://api.openai.com/v1");
        QCOMPARE(urlOf({.name = "k", .origin = "https://api.openai.com", .users = {"mine"}}),
                 "mine https://api.openai.com/v1");
        // Never at another address than its own.
        QCOMPARE(urlOf({.name = "k", .origin = "https://api.groq.com", .users = {"mine"}}),
                 " https://api.groq.com/openai/v1");
        QCOMPARE(urlOf({.name = "k", .origin = "http://10.0.0.1:8000"}), " http://10.0.0.1:8000/v1");
        QCOMPARE(urlOf({.name = "k", .origin = {}}), "none");
    }
};

QTEST_GUILESS_MAIN(KeyTesterTest)
#include "tst_key_tester.moc"
