// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_redaction.h"
#include "gateway/observability/redaction.h"
#include "tests/unit/history/history_records.h"

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr qint64 kAnyLength = 1'000'000;

HistoryMessage redactedMessage(HistoryRedaction redaction, HistoryMessage message, qint64 maxBody = kAnyLength)
{
    HistoryRecord record = numbered(1);
    record.messages = messagesWith(HistoryPart::ProviderAnswer, std::move(message));
    redaction.apply(record, maxBody);
    return *(*record.messages)[HistoryPart::ProviderAnswer];
}

} // namespace

class HistoryRedactionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }
    void initTestCase() { registerSecret(SecretString("canary-1f7a")); }

    void textsLoseSecrets()
    {
        HistoryRecord record = numbered(1);
        record.errorMessage = "wrong key canary-1f7a, or sk-abcdefgh12345";
        record.client.userAgent = "curl canary-1f7a";
        record.attempts.push_back({.errorCode = "canary-1f7a"});
        HistoryRedaction({}).apply(record, kAnyLength);
        QCOMPARE(record.errorMessage, "wrong key ***, or sk-***");
        QCOMPARE(record.client.userAgent, "curl ***");
        QCOMPARE(record.attempts[0].errorCode, "***");
    }

    void textsAreValidAndShort()
    {
        HistoryRecord record = numbered(1);
        record.model = QByteArray("a\0b\xff", 4);
        record.errorMessage = QByteArray(100'000, 'x');
        HistoryRedaction({}).apply(record, kAnyLength);
        QVERIFY(record.model.isValidUtf8());
        QVERIFY(!record.model.contains('\0'));
        QCOMPARE(record.errorMessage.size(), 1024);
    }

    // Records are alike, and what was clean in the last one is not looked through again.
    void everyRecordIsLookedThrough()
    {
        HistoryRedaction redaction({});
        for (const char *agent : {"curl", "curl", "curl canary-1f7a", "curl canary-1f7a", "curl ***", "curl"}) {
            HistoryRecord record = numbered(1);
            record.client.userAgent = agent;
            record.client.session = "sk-abcdefgh12345";
            record.attempts.push_back({.errorCode = agent});
            redaction.apply(record, kAnyLength);
            const QByteArray expected = QByteArray(agent).replace("canary-1f7a", "***");
            QCOMPARE(record.client.userAgent, expected);
            QCOMPARE(record.client.session, "sk-***");
            QCOMPARE(record.attempts[0].errorCode, expected);
        }
    }

    void secretsThatAreRegisteredLaterCountFromThenOn()
    {
        HistoryRedaction redaction({});
        const auto agentAfter = [&redaction] {
            HistoryRecord record = numbered(1);
            record.client.userAgent = "curl later-canary-2b8c";
            redaction.apply(record, kAnyLength);
            return record.client.userAgent;
        };
        QCOMPARE(agentAfter(), "curl later-canary-2b8c");
        registerSecret(SecretString("later-canary-2b8c"));
        QCOMPARE(agentAfter(), "curl ***");
    }

    void whatIsCleanIsNotCopied()
    {
        HistoryRedaction redaction({});
        HistoryRecord record = numbered(1);
        record.client.userAgent = "curl, and nothing else";
        const QByteArray before = record.client.userAgent;
        redaction.apply(record, kAnyLength);
        QVERIFY(record.client.userAgent.isSharedWith(before));
    }

    // Models write a few characters an event.
    void streamsLoseWhatLiesAcrossEvents_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const QByteArray &body, const QByteArray &expected) {
            QTest::newRow(name) << body << expected;
        };
        row("key",
            "data: {\"delta\":{\"content\":\"is canary\"}}\n\ndata: {\"delta\":{\"content\":\"-1f\"}}\n\n"
            "data: {\"delta\":{\"content\":\"7a.\"}}\n\ndata: {\"delta\":{\"content\":\"canary\"}}\n\n",
            "data: {\"delta\":{\"content\":\"*********\"}}\n\ndata: {\"delta\":{\"content\":\"***\"}}\n\n"
            "data: {\"delta\":{\"content\":\"***\"}}\n\ndata: {\"delta\":{\"content\":\"canary\"}}\n\n");
        row("pattern, with escapes",
            "data: {\"text\": \"a\\n12\"}\n\ndata: {\"text\" : \"\\u0033\"}\n\ndata: [DONE]\n\n",
            "data: {\"text\": \"*****\"}\n\ndata: {\"text\" : \"******\"}\n\ndata: [DONE]\n\n");
        row("JSON lines", "{\"message\":{\"content\":\"12\"}}\n{\"message\":{\"content\":\"3\"}}\n",
            "{\"message\":{\"content\":\"**\"}}\n{\"message\":{\"content\":\"*\"}}\n");
        for (const char *other : {"data: {\"content\":\"12\"}\n\ndata: {\"thinking\":\"3\"}\n\n", // not one text
                                  "data: {\"id\":\"12\"}\n\ndata: {\"id\":\"3\"}\n\n",
                                  "{\"messages\":[{\"content\":\"12\"},{\"content\":\"3\"}]}",
                                  "data: {\"content\":\"1\\", "data: {\"content\"\ndata: \"", "data:\n{\n\"\\"})
            row(other, other, other);
    }

    void streamsLoseWhatLiesAcrossEvents()
    {
        QFETCH(const QByteArray, body);
        QTEST(redactedMessage(HistoryRedaction({"123"}), {.body = body}).body, "expected");
    }

    void bodiesAreCutBetweenCharacters()
    {
        const QByteArray euros = "\xe2\x82\xac\xe2\x82\xac";
        QCOMPARE(redactedMessage(HistoryRedaction({}), {.body = euros}, 5).body, euros.first(3));
        QCOMPARE(redactedMessage(HistoryRedaction({}), {.body = euros}, 5).leftOut, 3);
        QCOMPARE(redactedMessage(HistoryRedaction({}), {.body = euros}, 3).body, euros.first(3));
        QCOMPARE(redactedMessage(HistoryRedaction({}), {.body = QByteArray(9, '\x80')}, 7).body.size(), 4); // no text
    }

    void bodiesLoseSecretsAndKeepTheirLength()
    {
        const QByteArray body = R"({"a":"canary-1f7a","b":"sk-abcdefgh12345","c":"Bearer abc"})";
        const HistoryMessage message = redactedMessage(HistoryRedaction({}), {.body = body, .frames = {{1ms, 20}}});
        QCOMPARE(message.body, R"({"a":"***********","b":"sk-*************","c":"Bearer ***"})");
        QCOMPARE(message.frames[0].end, 20);
    }

    void patternsOfTheUser()
    {
        const HistoryMessage message =
            redactedMessage(HistoryRedaction({R"(\d{4}-\d{4})", "(?i)secret plan", "x*", "("}),
                            {.body = "card 1234-5678, Secret Plan, xx, 1111-2222"});
        QCOMPARE(message.body, "card *********, ***********, **, *********");
    }

    void patternsLeaveMetadataAlone()
    {
        HistoryRecord record = numbered(1);
        record.model = "plan";
        HistoryRedaction({"plan"}).apply(record, kAnyLength);
        QCOMPARE(record.model, "plan");
    }

    void headersWithCredentialsAreLeftOut()
    {
        const HeaderList headers = {{"Authorization", "Bearer abc"}, {"x-api-key", "abc"},
                                    {"X-Goog-Api-Key", "abc"},       {"Cookie", "a=b"},
                                    {"Set-Cookie", "a=b"},           {"Proxy-Authorization", "x"},
                                    {"X-Auth-Token", "x"},           {"Accept", "text canary-1f7a"}};
        const HistoryMessage message = redactedMessage(HistoryRedaction({}), {.headers = headers});
        QCOMPARE(std::distance(message.headers.begin(), message.headers.end()), 1);
        QCOMPARE(message.headers.value("Accept"), QByteArray("text ***"));
    }

    // Half a secret would not be found any more.
    void longBodiesAreCutAfterwards()
    {
        const HistoryMessage message = redactedMessage(
            HistoryRedaction({}), {.body = "12345canary-1f7a", .frames = {{1ms, 4}, {2ms, 16}}, .leftOut = 1}, 10);
        QCOMPARE(message.body, "12345*****");
        QCOMPARE(message.leftOut, 7);
        QVERIFY(message.frames == std::vector<HistoryFrame>({{1ms, 4}, {2ms, 10}}));
    }
};

QTEST_APPLESS_MAIN(HistoryRedactionTest)
#include "tst_history_redaction.moc"
