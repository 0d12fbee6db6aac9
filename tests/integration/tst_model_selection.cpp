// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kRoutes = R"(routing:
  routes:
    - {name: tools, match: {headers: {x-lunargate-requires-tools: true}}, targets: [{provider: fake, model: tools}]}
    - {name: coding, match: {headers: {x-lunargate-skill: coding}}, targets: [{provider: fake, model: coding}]}
    - {name: simple, match: {headers: {x-lunargate-complexity: "0-1"}}, targets: [{provider: fake, model: simple}]}
    - {name: score 3, match: {headers: {x-lunargate-complexity-score: 3}}, targets: [{provider: fake, model: three}]}
    - {name: hard, match: {headers: {x-lunargate-complexity: "4-5"}}, targets: [{provider: fake, model: hard}]}
    - {name: rest, targets: [{provider: fake, model: rest}, {provider: fake, model: named}]}
)";

QByteArray config(const FakeUpstream &upstream, const QByteArray &selection)
{
    return "providers: {fake: {type: openai, base_url: \"" + upstream.url() + "\"}}\n" + kRoutes +
           "model_selection: {" + selection + "skills: [{name: coding, regex_any: ['(?i)\\bpython\\b']}]}\n";
}

QByteArray request(const QByteArray &model, const QByteArray &messages, const QByteArray &more = {})
{
    return "{\"model\":\"" + model + "\",\"messages\":[" + messages + "]" + more + "}";
}

QByteArray user(const QByteArray &text)
{
    return "{\"role\":\"user\",\"content\":\"" + text + "\"}";
}

QByteArray parts(const QByteArray &list)
{
    return "{\"role\":\"user\",\"content\":[" + list + "]}";
}

} // namespace

/// `lunargate/auto` finds a target by what the request says.
class ModelSelectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void requestsFindTheTargetThatFitsThem_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("sentModel");
        const auto row = [](const char *name, const QByteArray &messages, const char *sent, const QByteArray &more = {},
                            const QByteArray &model = "lunargate/auto") {
            QTest::newRow(name) << request(model, messages, more) << QByteArray(sent);
        };
        const QByteArray tool = R"({"type":"function","function":{"name":"f"}})";
        row("simple", user("Hello!"), "simple");
        row("no model", user("Hello!"), "simple", {}, "");
        row("any case", user("Hello!"), "simple", {}, "LunarGate/AUTO");
        row("medium", user("let me see"), "rest");
        row("by its score", user("let me compare"), "three");
        row("hard", user("let x = 1"), "hard");
        row("skill", user("some Python"), "coding");
        row("tools", user("some Python"), "tools", ",\"tools\":[" + tool + "]");
        row("legacy functions", user("Hello!"), "tools", R"(,"functions":[{"name":"f"}])");
        row("tool choice alone", user("Hello!"), "tools", R"(,"tool_choice":"none")");
        row("no tools in the list", user("Hello!"), "simple", R"(,"tools":[],"tool_choice":null)");
        row("other roles do not count", R"({"role":"system","content":"let x = 1 in Python"},)" + user("Hello!"),
            "simple");
        row("parts", parts(R"({"type":"text","text":"let "},{"type":"text","text":"x = 1"})"), "hard");
        row("parts beside a picture",
            parts(R"({"type":"text","text":"let x = 1"},{"type":"image_url","image_url":{"url":"data:image/png,x"}})"),
            "hard");
        row("messages that have no canonical form", R"({"role":"narrator","content":"x"},)" + user("let x = 1"),
            "hard");
        row("parts without a canonical form", R"({"role":"narrator"},)" + parts(R"({"text":"let "},{"text":"x = 1"})"),
            "hard");
        row("a named model is the client's choice", user("let x = 1"), "named", {}, "named");
    }

    void requestsFindTheTargetThatFitsThem()
    {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, sentModel);
        Gateway &gateway = started("enabled: true, ");
        const HttpAnswer answer = gateway.client().chat(body);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(textAt(gateway.upstream.lastRequest().body, "model"), sentModel);
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/" + sentModel);
        for (const auto &[name, value] : answer.headers) // the result is for routes, not for clients
            QVERIFY2(!name.toLower().startsWith("x-lunargate-complexity"), name.constData());
    }

    void clientsCannotClaimAResult()
    {
        Gateway &gateway = started("enabled: true, ");
        const HeaderList claims = {{"X-LunarGate-Complexity", "4-5"}, {"X-LunarGate-Requires-Tools", "true"}};
        QCOMPARE(gateway.client().chat(request("lunargate/auto", user("Hello!")), claims).header("X-LunarGate-Route"),
                 "simple");
        QCOMPARE(gateway.client().chat(request("named", user("Hello!")), claims).header("X-LunarGate-Route"), "rest");
    }

    void overridingTakesEveryRequest()
    {
        Gateway gateway;
        QVERIFY(gateway.start("enabled: true, override_user_model: true, "));
        QCOMPARE(gateway.client().chat(request("named", user("let x = 1"))).header("X-LunarGate-Model"), "fake/hard");
    }

    void nothingIsSelectedUnlessEnabled()
    {
        Gateway gateway;
        QVERIFY(gateway.start("override_user_model: true, "));
        const HttpAnswer open = gateway.client().chat(request("lunargate/auto", user("let x = 1")));
        QCOMPARE(open.header("X-LunarGate-Route"), "rest");
        const HttpAnswer named = gateway.client().chat(request("named", user("let x = 1")));
        QCOMPARE(named.header("X-LunarGate-Model"), "fake/named");
    }

    void theDecisionIsLogged()
    {
        Gateway gateway;
        gateway.process.setArguments({"--log-level", "debug"});
        QVERIFY(gateway.start("enabled: true, "));
        QCOMPARE(gateway.client().chat(request("", user("let x = 1"))).status, 200);
        QVERIFY(gateway.process.waitForLog("model selection"));
        QVERIFY(gateway.process.waitForLog("tier=4-5"));
        QVERIFY(gateway.process.waitForLog("skill=default"));
    }

private:
    struct Gateway
    {
        FakeUpstream upstream;
        GatewayProcess process;

        bool start(const QByteArray &selection) { return process.start(config(upstream, selection)); }
        HttpClient client() const { return HttpClient(process.port()); }
    };

    // One for all rows: they only read.
    Gateway &started(const QByteArray &selection)
    {
        if (!m_gateway) {
            m_gateway = std::make_unique<Gateway>();
            if (!m_gateway->start(selection))
                qWarning("the gateway does not start");
        }
        return *m_gateway;
    }

    std::unique_ptr<Gateway> m_gateway;
};

QTEST_GUILESS_MAIN(ModelSelectionTest)
#include "tst_model_selection.moc"
