// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QTest>
#include <QTimer>

#include <map>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray config(const FakeUpstream &upstream, const QByteArray &strategy)
{
    return "providers:\n  fake: {type: openai, base_url: \"" + upstream.url() +
           "\"}\n"
           "routing:\n"
           "  default_strategy: " +
           strategy +
           "\n"
           "  routes:\n"
           "    - name: other\n"
           "      match: {headers: {x-team: other}}\n"
           "      targets: [{provider: fake, model: o1}, {provider: fake, model: o2}]\n"
           "    - name: default\n"
           "      targets:\n"
           "        - {provider: fake, model: m1, weight: 70}\n"
           "        - {provider: fake, model: m2, weight: 10}\n"
           "        - {provider: fake, model: m3, weight: 20}\n";
}

/// Sends the requests one after the other on one connection and returns the models that served them.
QList<QByteArray> modelsOf(quint16 port, int requests, const HeaderList &headers = {})
{
    QList<QByteArray> models;
    RawClient client(port);
    for (int i = 0; i < requests; ++i) {
        client.sendRequest("POST", "/v1/chat/completions", chatBody(), headers);
        if (!client.waitForAnswer() || client.answer().status() != 200)
            return {};
        models.append(client.answer().header("X-LunarGate-Model"));
        client.nextAnswer();
    }
    return models;
}

} // namespace

/// How a route's targets share its requests.
class BalancingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void roundRobinIsExactForEachRoute()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream, "round-robin")));
        QList<QByteArray> models;
        for (int i = 0; i < 9; ++i) {
            models += modelsOf(gateway.port(), 1);
            // Another route between must not skew this one.
            modelsOf(gateway.port(), 1 + i % 2, {{"X-Team", "other"}});
        }
        QCOMPARE(models.size(), 9);
        QCOMPARE(QSet<QByteArray>(models.begin(), models.begin() + 3).size(), 3);
        for (int i = 3; i < 9; ++i)
            QCOMPARE(models[i], models[i - 3]);
    }

    void roundRobinIsTheDefault()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QByteArray yaml = config(upstream, "round-robin");
        yaml.replace("  default_strategy: round-robin\n", "");
        QVERIFY(gateway.start(yaml));
        const QList<QByteArray> models = modelsOf(gateway.port(), 6);
        QCOMPARE(models.size(), 6);
        QCOMPARE(models.mid(3), models.first(3));
        QCOMPARE(QSet<QByteArray>(models.begin(), models.end()).size(), 3);
    }

    void drainedTargetsGetNothing()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QByteArray yaml = config(upstream, "round-robin");
        yaml.replace("model: m2, weight: 10", "model: m2, weight: 0");
        QVERIFY(gateway.start(yaml));
        const QList<QByteArray> models = modelsOf(gateway.port(), 4);
        QCOMPARE(models.size(), 4);
        QCOMPARE(models.count("fake/m1"), 2);
        QCOMPARE(models.count("fake/m3"), 2);
        const HttpAnswer pinned = HttpClient(gateway.port()).chat(chatBody("fake/m2"));
        QCOMPARE(pinned.status, 502);
        QCOMPARE(errorShapeProblem(pinned), "");
        QCOMPARE(textAt(pinned.body, "error.code"), "targets_drained");
        QCOMPARE(upstream.requestCount(), 4);
    }

    void drainedRoutesServeByTheirFallbacks()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(
            gateway.start("providers:\n  fake: {type: openai, base_url: \"" + upstream.url() +
                          "\"}\n"
                          "routing:\n"
                          "  routes:\n"
                          "    - name: default\n"
                          "      targets: [{provider: fake, model: m1, weight: 0}]\n"
                          "      fallback: [{provider: fake, model: f1, weight: 0}, {provider: fake, model: f2}]\n"));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody());
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/f2");
        QCOMPARE(answer.header("X-LunarGate-Fallback-Used"), "true");
        QCOMPARE(answer.header("X-LunarGate-Attempts"), "1");
        QCOMPARE(upstream.requestCount(), 1);
    }

    void leastPendingAvoidsBusyTargets_data()
    {
        QTest::addColumn<bool>("isStream");
        QTest::newRow("call without an answer") << false;
        QTest::newRow("stream that goes on") << true;
    }

    void leastPendingAvoidsBusyTargets()
    {
        QFETCH(bool, isStream);
        FakeUpstream upstream;
        GatewayProcess gateway;
        QByteArray yaml = config(upstream, "least-pending");
        yaml.replace("        - {provider: fake, model: m3, weight: 20}\n", "");
        QVERIFY(gateway.start(yaml));
        const GatePointer gate = Gate::make();
        upstream.enqueue(isStream ? Script::eventStream().content("first").hold(gate).data("[DONE]").end()
                                  : Script::silence());
        RawClient busy(gateway.port());
        busy.sendRequest("POST", "/v1/chat/completions", chatBody("fake/m1", isStream ? "\"stream\":true" : ""));
        QVERIFY(isStream ? busy.waitForBody("first") : upstream.waitForRequests(1));
        const QList<QByteArray> models = modelsOf(gateway.port(), 10);
        QCOMPARE(models.count("fake/m2"), 10);
        if (!isStream)
            return;
        gate->open();
        QVERIFY(busy.waitForAnswer());
        // Seven of eight go to m1 now, so that it gets none of 100 by no chance.
        QVERIFY(modelsOf(gateway.port(), 100).contains("fake/m1"));
    }

    void latencyPrefersTheFastTarget()
    {
        constexpr int kRequests = 20;
        FakeUpstream upstream;
        GatewayProcess gateway;
        QByteArray yaml = config(upstream, "latency");
        yaml.replace("        - {provider: fake, model: m3, weight: 20}\n", "");
        QVERIFY(gateway.start(yaml));
        upstream.otherwise([](const ReceivedRequest &request) {
            if (!request.body.contains("\"m1\""))
                return Script::chat();
            const GatePointer gate = Gate::make();
            QTimer::singleShot(std::chrono::milliseconds(300), gate.get(), [gate] { gate->open(); });
            const QByteArray answer = R"({"choices":[{"message":{"content":"late"}}]})";
            return Script::head(200, {{"Content-Length", QByteArray::number(answer.size())}},
                                Script::Framing::ContentLength)
                .hold(gate)
                .body(answer)
                .end();
        });
        const QList<QByteArray> models = modelsOf(gateway.port(), kRequests);
        QCOMPARE(models.size(), kRequests);
        QCOMPARE_GE(models.count("fake/m1"), 1); // nobody knows it before
        QCOMPARE_LE(models.count("fake/m1"), 3);
    }

    void weightedKeepsTheProportions()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream, "weighted")));
        QCOMPARE(countProblem(modelsOf(gateway.port(), 500), {{"fake/m1", 350}, {"fake/m2", 50}, {"fake/m3", 100}}),
                 "");
    }

    void randomIsUniform()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream, "random")));
        QCOMPARE(countProblem(modelsOf(gateway.port(), 450), {{"fake/m1", 150}, {"fake/m2", 150}, {"fake/m3", 150}}),
                 "");
    }

private:
    /// A deviation of 55 from these counts is at least five standard deviations: it does not come by chance.
    static QByteArray countProblem(const QList<QByteArray> &models, const std::map<QByteArray, int> &expected)
    {
        for (const auto &[model, count] : expected) {
            if (std::abs(static_cast<int>(models.count(model)) - count) > 55)
                return model + " came " + QByteArray::number(models.count(model)) + " times";
        }
        return {};
    }
};

QTEST_GUILESS_MAIN(BalancingTest)
#include "tst_balancing.moc"
