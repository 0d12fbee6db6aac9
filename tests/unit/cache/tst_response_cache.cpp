// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/response_cache.h"
#include "gateway/cache/stream_recording.h"
#include "tests/unit/cache/cached_answers.h"

#include <QTest>

using namespace std::chrono_literals;

namespace lunargate {

using test::bodyOf;
using test::keyOf;

class ResponseCacheTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void givesBackWhatItKept();
    void keepsNoLargeAnswers();
    void keepsNothingUnlessEnabled();
    void anEqualConfigurationChangesNothing();
    void aNewConfigurationAppliesAtOnce();
    void switchingItOffEmptiesIt();
    void countsWhatItIsTold();
    void recordsStreamsUpToALimit();
};

namespace {

CachingConfig enabled()
{
    CachingConfig config;
    config.enabled = true;
    config.ttl = 1min;
    return config;
}

struct Fixture
{
    explicit Fixture(const CachingConfig &config = enabled()) : cache(config, [this] { return now; }) {}

    void store(QByteArrayView name, const QByteArray &body = "x") { cache.store(keyOf(name), {.body = body}); }
    QByteArray find(QByteArrayView name) { return bodyOf(cache.find(keyOf(name))); }

    TimePoint now = TimePoint{} + 1h;
    ResponseCache cache;
};

} // namespace

void ResponseCacheTest::givesBackWhatItKept()
{
    Fixture fixture;
    const SharedAnswer shared = fixture.cache.store(keyOf("a"), {.body = "A", .usage = Usage{.input = 3}});
    QCOMPARE(shared->body, "A");
    fixture.now += 59'999ms;
    QCOMPARE(fixture.find("a"), "A");
    QCOMPARE(fixture.cache.age(*shared), 59s);
    fixture.now += 1ms;
    QCOMPARE(fixture.find("a"), "-");
}

void ResponseCacheTest::keepsNoLargeAnswers()
{
    CachingConfig config = enabled();
    config.maxEntryBytes = 2000;
    Fixture fixture(config);
    fixture.store("small", QByteArray(1000, 'x'));
    const SharedAnswer large = fixture.cache.store(keyOf("large"), {.body = QByteArray(2000, 'x')});
    QCOMPARE(large->body.size(), 2000); // for those who wait for it
    QCOMPARE(fixture.find("small").size(), 1000);
    QCOMPARE(fixture.find("large"), "-");
    QCOMPARE(fixture.cache.statistics().tooLarge, 1);
    QCOMPARE(fixture.cache.statistics().stored, 1);
}

void ResponseCacheTest::keepsNothingUnlessEnabled()
{
    Fixture fixture{CachingConfig()};
    fixture.store("a");
    QCOMPARE(fixture.find("a"), "-");
}

void ResponseCacheTest::anEqualConfigurationChangesNothing()
{
    Fixture fixture;
    fixture.store("a");
    fixture.cache.apply(enabled());
    QCOMPARE(fixture.find("a"), "x");
}

void ResponseCacheTest::aNewConfigurationAppliesAtOnce()
{
    Fixture fixture;
    fixture.store("a");
    fixture.store("b");
    fixture.now += 10s;
    CachingConfig config = enabled();
    config.maxSize = 1;
    fixture.cache.apply(config);
    QCOMPARE(fixture.find("a"), "-");
    QCOMPARE(fixture.find("b"), "x");
    config.ttl = 10s;
    config.maxEntryBytes = 1;
    fixture.cache.apply(config);
    QCOMPARE(fixture.find("b"), "-");
    fixture.store("c");
    QCOMPARE(fixture.find("c"), "-");
    QCOMPARE(fixture.cache.statistics().config.maxSize, 1);
}

// T73
void ResponseCacheTest::switchingItOffEmptiesIt()
{
    Fixture fixture;
    fixture.store("a");
    fixture.cache.apply(CachingConfig());
    fixture.store("b"); // by a request that began before
    QCOMPARE(fixture.cache.statistics().contents.entries, 0);
    fixture.cache.apply(enabled());
    QCOMPARE(fixture.find("a"), "-");
    QCOMPARE(fixture.find("b"), "-");
}

void ResponseCacheTest::countsWhatItIsTold()
{
    Fixture fixture;
    fixture.cache.count(true);
    fixture.cache.count(true);
    fixture.cache.count(false);
    fixture.cache.countShared();
    const ResponseCache::Statistics statistics = fixture.cache.statistics();
    QCOMPARE(statistics.hits, 2);
    QCOMPARE(statistics.misses, 1);
    QCOMPARE(statistics.shared, 1);
    QVERIFY(statistics.config.enabled);
}

void ResponseCacheTest::recordsStreamsUpToALimit()
{
    StreamRecording none(0);
    none.add("data: a\n\n");
    QVERIFY(none.take().frameEnds.empty());

    StreamRecording recording(10);
    recording.add("12345");
    recording.add("");
    recording.add("67890");
    const CachedAnswer answer = recording.take();
    QCOMPARE(answer.body, "1234567890");
    QCOMPARE(answer.frameEnds, (std::vector<qsizetype>{5, 10}));

    StreamRecording tooLong(10);
    tooLong.add("12345");
    tooLong.add("678901");
    tooLong.add("1");
    QVERIFY(tooLong.take().frameEnds.empty());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponseCacheTest)
#include "tst_response_cache.moc"
