// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/rate_limit_names.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

const headers::WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 28} + 12h};

QByteArray in(const HeaderList &list, QByteArrayView name)
{
    return list.value(name).value_or("none");
}

} // namespace

class RateLimitNamesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void anthropicsClientsReadTheirOwn()
    {
        const HeaderList translated = headers::translatedRateLimits({{"X-RateLimit-Limit-Requests", "60"},
                                                                     {"x-ratelimit-remaining-requests", "59"},
                                                                     {"x-ratelimit-reset-requests", "6m0s"},
                                                                     {"x-ratelimit-remaining-tokens", "149984"},
                                                                     {"x-ratelimit-reset-tokens", "120ms"},
                                                                     {"anthropic-ratelimit-tokens-limit", "7"}},
                                                                    ChatProtocol::AnthropicMessages, kNow);
        QCOMPARE(in(translated, "anthropic-ratelimit-requests-limit"), "60");
        QCOMPARE(in(translated, "anthropic-ratelimit-requests-remaining"), "59");
        QCOMPARE(in(translated, "anthropic-ratelimit-requests-reset"), "2026-11-28T12:06:00Z");
        QCOMPARE(in(translated, "anthropic-ratelimit-tokens-remaining"), "149984");
        QCOMPARE(in(translated, "anthropic-ratelimit-tokens-reset"), "2026-11-28T12:00:01Z");
        QCOMPARE(in(translated, "anthropic-ratelimit-tokens-limit"), "none"); // it is there already
    }

    void openAisClientsReadTheirOwn()
    {
        const HeaderList provider = {{"anthropic-ratelimit-tokens-limit", "1000"},
                                     {"anthropic-ratelimit-tokens-remaining", "999"},
                                     {"anthropic-ratelimit-tokens-reset", "2026-11-28T12:01:30Z"},
                                     {"anthropic-ratelimit-requests-reset", "2026-11-28T11:00:00Z"}};
        for (const ChatProtocol client :
             {ChatProtocol::OpenAiChat, ChatProtocol::OpenAiResponses, ChatProtocol::Ollama}) {
            const HeaderList translated = headers::translatedRateLimits(provider, client, kNow);
            QCOMPARE(in(translated, "x-ratelimit-limit-tokens"), "1000");
            QCOMPARE(in(translated, "x-ratelimit-remaining-tokens"), "999");
            QCOMPARE(in(translated, "x-ratelimit-reset-tokens"), "1m30s");
            QCOMPARE(in(translated, "x-ratelimit-reset-requests"), "0s"); // it is over
        }
    }

    void nonsenseIsLeftOut()
    {
        QVERIFY(headers::translatedRateLimits({{"x-ratelimit-limit-requests", "many"},
                                               {"x-ratelimit-reset-requests", "soon"},
                                               {"x-ratelimit-remaining-tokens", ""}},
                                              ChatProtocol::AnthropicMessages, kNow)
                    .isEmpty());
        for (const char *date : {"tomorrow", "9999-12-31T23:59:59Z", "2262-04-12T00:00:00Z"}) {
            QVERIFY2(headers::translatedRateLimits({{"anthropic-ratelimit-tokens-reset", date}},
                                                   ChatProtocol::OpenAiChat, kNow)
                         .isEmpty(),
                     date);
        }
    }

    void readsTimes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("milliseconds"); // -1: none
        const auto row = [](const char *text, qint64 milliseconds) {
            QTest::newRow(text) << QByteArray(text) << milliseconds;
        };
        row("1s", 1000);
        row("6m0s", 360'000);
        row("120ms", 120);
        row("2m59.56s", 179'560);
        row("1h0m5s", 3'605'000);
        row("1d", 86'400'000);
        row("34.5", 34'500);
        row("0", 0);
        row("", -1);
        row("s", -1);
        row("1x", -1);
        row("1..2s", -1);
        row("-5s", -1);
        row("99999999999999999h", -1);
    }

    void readsTimes()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const qint64, milliseconds);
        const auto time = headers::readResetText(text);
        QCOMPARE(time.has_value(), milliseconds >= 0);
        if (time)
            QCOMPARE(std::chrono::round<std::chrono::milliseconds>(*time).count(), milliseconds);
    }
};

QTEST_APPLESS_MAIN(RateLimitNamesTest)
#include "tst_rate_limit_names.moc"
