// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QTest>

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
