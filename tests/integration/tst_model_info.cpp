// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// A model's object by its name; empty if there is none.
QJsonObject modelNamed(const QByteArray &body, const QString &name)
{
    for (const QJsonValue &model : jsonAt(body, "data").toArray()) {
        if (model[QStringLiteral("model_name")].toString() == name)
            return model.toObject();
    }
    return {};
}

} // namespace

/// What clients ask before they ask a model: GET /v1/model/info and GET /.
class ModelInfoTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsContextAndPrices()
    {
        GatewayFixture f;
        QVERIFY(f.start({.provider = "models: {mode: fetch}",
                         .sections = "prices:\n  fake:\n    fake-model: {input: 2, output: 8, cached_input: 0.5}\n"}));
        f.upstream.on("/v1/models", Script::json(200, R"({"data":[{"id":"fake-model","context_length":32768}]})"));
        const HttpAnswer answer = f.client().get("/v1/model/info");
        QVERIFY2(answer.status == 200, answer.summary().constData());
        const QJsonObject model = modelNamed(answer.body, QStringLiteral("fake/fake-model"));
        QCOMPARE(model[QStringLiteral("litellm_params")][QStringLiteral("model")].toString().toUtf8(),
                 "fake/fake-model");
        const QJsonObject info = model[QStringLiteral("model_info")].toObject();
        QCOMPARE(info[QStringLiteral("max_input_tokens")].toInt(), 32768);
        QCOMPARE(info[QStringLiteral("input_cost_per_token")].toDouble(), 2e-6);
        QCOMPARE(info[QStringLiteral("output_cost_per_token")].toDouble(), 8e-6);
        QCOMPARE(info[QStringLiteral("cache_read_input_token_cost")].toDouble(), 0.5e-6);
        QVERIFY(info[QStringLiteral("supports_prompt_caching")].toBool());
        QCOMPARE(info[QStringLiteral("litellm_provider")].toString().toUtf8(), "fake");
        // The same for a base URL without the version.
        QCOMPARE(f.client().get("/model/info").body, answer.body);
    }

    void whatIsNotKnownIsLeftOut()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const QByteArray body = f.client().get("/v1/model/info").body;
        const QJsonObject info =
            modelNamed(body, QStringLiteral("fake/fake-model"))[QStringLiteral("model_info")].toObject();
        QCOMPARE(info[QStringLiteral("key")].toString().toUtf8(), "fake-model");
        for (const char *name : {"max_input_tokens", "input_cost_per_token", "supports_prompt_caching"})
            QVERIFY(!info.contains(QLatin1StringView(name)));
        QVERIFY(!modelNamed(body, QStringLiteral("lunargate/auto")).isEmpty());
    }

    void tellsOnlyWhatTheKeyMayUse()
    {
        GatewayFixture f;
        QVERIFY(f.start({.sections = "security:\n  provider: api_key\n  api_key:\n    keys:\n"
                                     "      - {name: one, value: key-of-one-model-22, models: [\"fake/other\"]}\n"}));
        QCOMPARE(f.client().get("/v1/model/info").status, 401);
        const HttpAnswer answer = f.client().get("/v1/model/info", {{"Authorization", "Bearer key-of-one-model-22"}});
        QCOMPARE(answer.status, 200);
        QVERIFY(modelNamed(answer.body, QStringLiteral("fake/fake-model")).isEmpty());
    }

    void theRootSaysWhatThisIs()
    {
        GatewayFixture f;
        QVERIFY(f.start({.sections = "security:\n  provider: api_key\n  api_key:\n    keys:\n"
                                     "      - {name: one, value: key-of-one-model-22}\n"}));
        const HttpAnswer answer = f.client().get("/");
        QCOMPARE(answer.status, 200);
        QCOMPARE(textAt(answer.body, "name"), "LunarGate");
        QVERIFY(!answer.body.contains("fake"));
        const HttpAnswer head = f.client().request("HEAD", "/");
        QCOMPARE(head.status, 200);
        QVERIFY(head.body.isEmpty());
        QCOMPARE(f.client().post("/", "{}").status, 405);
    }

    void agentsAreKeptWithTheirSessions()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        QCOMPARE(
            f.chat(chatBody(), {{"User-Agent", "claude-cli/2.1.0"}, {"x-claude-code-session-id", "claude-1"}}).status,
            200);
        QCOMPARE(f.chat(chatBody(), {{"originator", "codex_cli_rs"}, {"conversation_id", "codex-1"}}).status, 200);
        const QByteArray claude = f.client().get("/admin/v1/requests?filter=session:claude-1").body;
        QCOMPARE(jsonAt(claude, "data").toArray().size(), 1);
        QVERIFY2(claude.contains("claude-cli/2.1.0"), claude.constData());
        const QByteArray codex = f.client().get("/admin/v1/requests?filter=session:codex-1").body;
        QCOMPARE(jsonAt(codex, "data").toArray().size(), 1);
        QVERIFY2(codex.contains("codex_cli_rs"), codex.constData());
    }

    void aTraceOfTheClientReachesTheProvider()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const QByteArray parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        QCOMPARE(f.chat(chatBody(), {{"traceparent", parent}, {"tracestate", "vendor=1"}}).status, 200);
        QCOMPARE(f.upstream.lastRequest().header("traceparent"), parent);
        QCOMPARE(f.upstream.lastRequest().header("tracestate"), "vendor=1");
        QCOMPARE(f.chat(chatBody(), {{"traceparent", "nonsense"}, {"tracestate", "vendor=1"}}).status, 200);
        QVERIFY(!f.upstream.lastRequest().headers.contains("traceparent"));
        QVERIFY(!f.upstream.lastRequest().headers.contains("tracestate"));
    }

    void browsersMayReadTheHeaders()
    {
        GatewayFixture f;
        QVERIFY(f.start({.server = "cors_origins: [\"https://app.example\"]"}));
        const HttpAnswer answer = f.chat(chatBody(), {{"Origin", "https://app.example"}});
        const QByteArray exposed = answer.header("Access-Control-Expose-Headers").toLower();
        for (const char *name : {"retry-after-ms", "x-should-retry", "x-ratelimit-reset-tokens",
                                 "anthropic-ratelimit-requests-reset", "content-disposition"})
            QVERIFY2(exposed.contains(name), name);
    }
};

QTEST_GUILESS_MAIN(ModelInfoTest)
#include "tst_model_info.moc"
