// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/error_body.h"

#include "gateway/json/document.h"

#include <QTest>

namespace lunargate {

class ErrorBodyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void hasTheFourMembers();
    void leavesOutWhatIsNotKnown();
    void keepsTheProvidersTypeAndCode();
    void neverTellsTheDetail();
    void parsesWhateverTheMessageHolds();
};

void ErrorBodyTest::hasTheFourMembers()
{
    QCOMPARE(openai_chat::errorBody({.kind = ErrorKind::InvalidRequest,
                                     .reason = "invalid_type",
                                     .message = "'model' must be a string",
                                     .param = "model"}),
             R"({"error":{"message":"'model' must be a string","type":"invalid_request_error","param":"model",)"
             R"("code":"invalid_type"}})");
}

void ErrorBodyTest::leavesOutWhatIsNotKnown()
{
    QCOMPARE(openai_chat::errorBody({.kind = ErrorKind::NoRoute, .reason = {}, .message = "none"}),
             R"({"error":{"message":"none","type":"routing_error","param":null,"code":null}})");
}

void ErrorBodyTest::keepsTheProvidersTypeAndCode()
{
    const auto document = json::Document::parse(openai_chat::errorBody({.kind = ErrorKind::UpstreamStatus,
                                                                        .reason = "upstream_error",
                                                                        .message = "slower",
                                                                        .upstreamStatus = 429,
                                                                        .upstreamType = "tokens",
                                                                        .upstreamCode = "rate_limit_exceeded"}));
    QVERIFY(document);
    QCOMPARE(document->root()["error"]["type"].toByteArray(), "tokens");
    QCOMPARE(document->root()["error"]["code"].toByteArray(), "rate_limit_exceeded");
}

void ErrorBodyTest::neverTellsTheDetail()
{
    const QByteArray body = openai_chat::errorBody({.reason = "x", .message = "y", .detail = "for the log only"});
    QVERIFY(!body.contains("log only"));
}

void ErrorBodyTest::parsesWhateverTheMessageHolds()
{
    const QByteArray message("\"\\\n\0\x01\xFF\xE2\x82 <b>", 12);
    const auto document = json::Document::parse(openai_chat::errorBody({.reason = message, .message = message}));
    QVERIFY(document);
    QVERIFY(document->root()["error"]["message"].string().startsWith("\"\\\n"));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ErrorBodyTest)
#include "tst_error_body.moc"
