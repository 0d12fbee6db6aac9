// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider.h"

#include <QTest>

namespace lunargate {

namespace {

/// A protocol that has chat and nothing else.
class ChatOnlyProvider : public Provider
{
public:
    using Provider::Provider;

    PreparedCall chatCall(const ChatRequest &, const QByteArray &) const override { return nullptr; }
    UpstreamFailure readError(const UpstreamHead &, QByteArrayView) const override { return {}; }
};

ProviderConfig named(const QByteArray &id)
{
    ProviderConfig config;
    config.id = id;
    config.type = "chatty";
    return config;
}

} // namespace

/// What a protocol gets that has only chat.
class ProviderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void refusesEmbeddingsThatItDoesNotHave()
    {
        const ChatOnlyProvider provider(named("talker"));
        const PreparedCall call = provider.embeddingsCall({}, "m");
        QVERIFY(!call);
        QCOMPARE(call.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(call.error().reason, "embeddings_not_supported");
        QCOMPARE(call.error().param, "model");
        QVERIFY2(call.error().message.contains("'talker' (chatty)"), call.error().message.constData());
    }

    void refusesWhatItsProtocolHasNoEndpointFor()
    {
        const ChatOnlyProvider provider(named("talker"));
        const PreparedCall call = provider.passthroughCall({.endpoint = "/files"}, {});
        QVERIFY(!call);
        QCOMPARE(call.error().kind, ErrorKind::InvalidRequest);
        QCOMPARE(call.error().reason, "endpoint_not_supported");
        QVERIFY2(call.error().message.contains("'talker' (chatty) has no /v1/files"), call.error().message.constData());
    }

    void hasNoModelList()
    {
        const ChatOnlyProvider provider(named("talker"));
        QVERIFY(!provider.modelsRequest({}));
        const Result<ModelPage> page = provider.readModels("{}");
        QVERIFY(!page);
        QCOMPARE(page.error().reason, "models_not_supported");
    }
};

} // namespace lunargate

QTEST_APPLESS_MAIN(lunargate::ProviderTest)
#include "tst_provider.moc"
