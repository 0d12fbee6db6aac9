// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/buffered_response.h"
#include "gateway/pipeline/limit_headers.h"

#include <QDateTime>
#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

class LimitHeadersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesTimesAsOpenAiDoes_data();
    void writesTimesAsOpenAiDoes();
    void tellsTheLimitThatLeavesLess_data();
    void tellsTheLimitThatLeavesLess();
    void speaksAnthropicsWords();
    void saysNothingOfWhatIsNotLimited();
    void saysWhetherToTryAgain_data();
    void saysWhetherToTryAgain();
};

namespace {

struct Response
{
    BufferedResponse writer{1024};

    QByteArray header(QByteArrayView name) const { return writer.headers().value(name).value_or("none"); }
};

BucketView bucket(qint64 limit, qint64 remaining)
{
    return {.limit = limit, .capacity = limit, .remaining = remaining, .untilFull = 90s};
}

} // namespace

void LimitHeadersTest::writesTimesAsOpenAiDoes_data()
{
    QTest::addColumn<qint64>("nanoseconds");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](std::chrono::nanoseconds time, const char *text) {
        QTest::newRow(text) << qint64(time.count()) << QByteArray(text);
    };
    row(-5s, "0s");
    row(0s, "0s");
    row(1ns, "1ms");
    row(120ms, "120ms");
    row(999'000'001ns, "1s");
    row(1s + 1ns, "2s");
    row(59s, "59s");
    row(6min, "6m0s");
    row(1h + 5s, "1h0m5s");
    row(24h, "24h0m0s");
}

void LimitHeadersTest::writesTimesAsOpenAiDoes()
{
    QFETCH(const qint64, nanoseconds);
    QTEST(headers::resetText(std::chrono::nanoseconds(nanoseconds)), "text");
}

void LimitHeadersTest::tellsTheLimitThatLeavesLess_data()
{
    QTest::addColumn<BucketView>("own");
    QTest::addColumn<BucketView>("global");
    QTest::addColumn<QByteArray>("limit");
    QTest::addColumn<QByteArray>("remaining");
    const auto row = [](const char *name, const BucketView &own, const BucketView &global, const char *limit,
                        const char *remaining) {
        QTest::newRow(name) << own << global << QByteArray(limit) << QByteArray(remaining);
    };
    row("only its own", bucket(60, 5), {}, "60", "5");
    row("only the global one", {}, bucket(600, 7), "600", "7");
    row("its own leaves less", bucket(60, 5), bucket(600, 7), "60", "5");
    row("the global one leaves less", bucket(60, 5), bucket(600, 4), "600", "4");
    row("it owes", bucket(60, -5), bucket(600, 4), "60", "0");
}

void LimitHeadersTest::tellsTheLimitThatLeavesLess()
{
    QFETCH(const BucketView, own);
    QFETCH(const BucketView, global);
    Response response;
    headers::setLimits({.client = {.requests = own, .tokens = global}, .global = {.requests = global, .tokens = own}},
                       response.writer);
    for (const char *name : {"x-ratelimit-limit-requests", "x-ratelimit-limit-tokens", "X-RateLimit-Limit"})
        QTEST(response.header(name), "limit");
    for (const char *name : {"x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens", "X-RateLimit-Remaining"})
        QTEST(response.header(name), "remaining");
    for (const char *name : {"x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"})
        QCOMPARE(response.header(name), "1m30s");
}

void LimitHeadersTest::speaksAnthropicsWords()
{
    Response response;
    headers::setLimits({.client = {.requests = bucket(60, 5), .tokens = bucket(1000, 900)}, .global = {}},
                       response.writer, ChatProtocol::AnthropicMessages);
    QCOMPARE(response.header("anthropic-ratelimit-requests-limit"), "60");
    QCOMPARE(response.header("anthropic-ratelimit-requests-remaining"), "5");
    QCOMPARE(response.header("anthropic-ratelimit-tokens-remaining"), "900");
    const QByteArray reset = response.header("anthropic-ratelimit-tokens-reset");
    const QDateTime at = QDateTime::fromString(QString::fromLatin1(reset), Qt::ISODate);
    QVERIFY2(at.isValid() && reset.endsWith('Z'), reset.constData());
    QVERIFY(QDateTime::currentDateTimeUtc().secsTo(at) > 60);
    QCOMPARE(response.header("X-RateLimit-Limit"), "60"); // of the existing gateway
    QCOMPARE(response.header("X-RateLimit-Limit-Requests"), "none");
}

void LimitHeadersTest::saysNothingOfWhatIsNotLimited()
{
    Response response;
    headers::setLimits({}, response.writer);
    QVERIFY(response.writer.headers().isEmpty());
    headers::setLimits({.client = {.tokens = bucket(60, 5)}, .global = {}}, response.writer);
    QCOMPARE(response.header("X-RateLimit-Limit"), "none");
    QCOMPARE(response.header("X-RateLimit-Limit-Tokens"), "60");
}

void LimitHeadersTest::saysWhetherToTryAgain_data()
{
    QTest::addColumn<qint64>("waitUs"); // -1: never
    QTest::addColumn<QByteArray>("milliseconds");
    QTest::addColumn<QByteArray>("shouldRetry");
    QTest::newRow("soon") << qint64(1'200'001) << QByteArray("1201") << QByteArray("true");
    QTest::newRow("as long as clients wait") << qint64(60'000'000) << QByteArray("60000") << QByteArray("true");
    QTest::newRow("longer") << qint64(60'000'001) << QByteArray("60001") << QByteArray("false");
    QTest::newRow("never") << qint64(-1) << QByteArray("none") << QByteArray("false");
}

void LimitHeadersTest::saysWhetherToTryAgain()
{
    QFETCH(const qint64, waitUs);
    Response response;
    LimitRefusal refusal;
    if (waitUs >= 0)
        refusal.retryAfter = std::chrono::microseconds(waitUs);
    headers::setRetryHints(refusal, response.writer);
    QTEST(response.header("Retry-After-Ms"), "milliseconds");
    QTEST(response.header("X-Should-Retry"), "shouldRetry");
}

QTEST_GUILESS_MAIN(LimitHeadersTest)
#include "tst_limit_headers.moc"
