// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/history/history_records.h"

#include "gateway/history/history_ring.h"

#include <QRandomGenerator>
#include <QTemporaryDir>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

/// Values at the edges of what filters tell apart; few, so that filters often match.
const QByteArrayList kTexts = {"",
                               "openai",
                               "OpenAI",
                               "open*ai",
                               "a?c",
                               "abc",
                               "a[b]c",
                               "a'b\"c",
                               "%_%",
                               "\u00e4\u00c4",
                               "x y",
                               "gpt-4",
                               "gpt-4-\u00e9\U0001F600",
                               "\\"};
const QByteArrayList kPatterns = {"openai", "open*",   "*ai",      "*",      "**",  "a?c",  "a[b]c",   "A*C", "*'*",
                                  "%_%",    "\u00e4*", "*\u00e9*", "gpt-4*", "*-*", "\"\"", "\"x y\"", "\\"};
const QByteArrayList kTextFields = {"id",    "endpoint", "caller", "client", "app",    "user",   "session", "agent",
                                    "route", "provider", "model",  "asked",  "served", "finish", "error",   "cache"};
const QByteArrayList kNumberFields = {"status", "attempts", "tokens", "tokens_in", "tokens_out", "cost"};
const QByteArrayList kNumbers = {"0", "1", "200", "499.5", "500", "1e3", "-1", "0.05", "*"};
const QByteArrayList kDurations = {"0", "1ms", "2s", "1.5s", "*"};
const QByteArrayList kSigns = {"", "=", "<", "<=", ">", ">="};

class Random
{
public:
    explicit Random(quint32 seed) : m_generator(seed) {}

    bool chance(int percent) { return m_generator.bounded(100) < percent; }
    int below(int end) { return m_generator.bounded(end); }
    QByteArray of(const QByteArrayList &list) { return list[m_generator.bounded(list.size())]; }

private:
    QRandomGenerator m_generator;
};

HistoryRecord randomRecord(Random &random, int number)
{
    using std::chrono::microseconds;
    HistoryRecord record = numbered(number);
    record.position = positionOf(kNow + random.below(10) * 1s) + number;
    for (QByteArray *text :
         {&record.endpoint, &record.caller, &record.client.userAgent, &record.client.application, &record.client.user,
          &record.client.session, &record.client.agent, &record.route, &record.provider, &record.model,
          &record.modelAsked, &record.modelServed, &record.finishReason, &record.error, &record.errorMessage})
        *text = random.of(kTexts);
    static constexpr int statuses[] = {0, 200, 429, 499, 500, 503};
    record.status = statuses[random.below(6)];
    record.attemptCount = random.below(3);
    record.stream = random.chance(50);
    record.fallbackUsed = random.chance(50);
    record.isHedged = random.chance(50);
    record.cache = random.of({"none", "miss", "hit"});
    record.duration = microseconds(random.below(3) * 1'000'000);
    if (random.chance(50))
        record.timeToFirstByte = microseconds(random.below(5) * 500'000);
    if (random.chance(50))
        record.usage = Usage{.input = random.below(2), .cachedInput = random.below(2) * 499, .output = random.below(3)};
    if (random.chance(50))
        record.costUsd = random.below(3) * 0.05;
    if (random.chance(30))
        record.messages = messagesWith(HistoryPart::ClientAnswer, {.body = "<" + random.of(kTexts).toUpper() + ">"});
    return record;
}

QByteArray randomTerm(Random &random)
{
    const QByteArray sign = random.chance(40) ? "-" : "";
    const auto signedValue = [&](const QByteArray &value) { return (value == "*" ? "" : random.of(kSigns)) + value; };
    switch (random.below(6)) {
    case 0:
        return sign + random.of(kNumberFields) + ':' + signedValue(random.of(kNumbers));
    case 1:
        return sign + random.of({"ttft", "duration"}) + ':' + signedValue(random.of(kDurations));
    case 2:
        return sign + random.of({"stream", "fallback", "hedged"}) + ':' + random.of({"yes", "no"});
    case 3: {
        const QByteArray time = "2026-11-28T00:00:0" + QByteArray::number(random.below(10));
        return sign + random.of({"after:", "before:", "time:>", "time:>=", "time:<", "time:<="}) + time;
    }
    case 4:
        return sign + random.of({"openai", "\"'\"", "\u00e4", "\"<gpt\"", "gpt-4-", "text:%"});
    default:
        return sign + random.of(kTextFields) + ':' + random.of(kPatterns);
    }
}

} // namespace

/// The database and the memory give the same answers, whatever is asked of whatever records.
class FilterPropertyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void databaseAndMemoryAgree()
    {
        Random random(20261128);
        const QTemporaryDir folder;
        const auto database = openDatabase(folder.filePath(QStringLiteral("h.sqlite")));
        QVERIFY(database);
        HistoryRing ring(1000, 100'000'000);
        std::vector<HistoryRecord> records;
        for (int i = 0; i < 400; ++i) {
            records.push_back(randomRecord(random, i));
            ring.add(shared(records.back()));
        }
        QVERIFY(database->add(records));
        int matched = 0;
        for (int i = 0; i < 3000; ++i) {
            QByteArrayList terms;
            for (int count = 1 + random.below(3); count > 0; --count)
                terms.append(randomTerm(random));
            HistoryQuery query{.filter = filterOf(terms.join(' ')), .limit = 1 + random.below(60)};
            if (random.chance(30))
                query.before = positionOf(kNow + 5s);
            const HistoryPage expected = ring.find(query);
            QByteArrayList found;
            std::optional<qint64> next;
            do { // one that reads bodies may need some pages
                HistoryResult<HistoryPage> page = database->find(query);
                QVERIFY2(page, page ? "" : page.error().text.constData());
                found += idsOf(page->records);
                query.limit -= static_cast<int>(page->records.size());
                query.before = next = page->next;
            } while (next && query.limit > 0);
            QVERIFY2(found == idsOf(expected.records), terms.join(' ').constData());
            matched += static_cast<int>(found.size());
        }
        QCOMPARE_GT(matched, 3000); // the filters are about something
    }
};

QTEST_GUILESS_MAIN(FilterPropertyTest)
#include "tst_filter_property.moc"
