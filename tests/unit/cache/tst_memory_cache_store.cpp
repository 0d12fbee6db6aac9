// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/memory_cache_store.h"
#include "tests/unit/cache/cached_answers.h"

#include <QTest>

using namespace std::chrono_literals;

namespace lunargate {

using test::answerOf;
using test::bodyOf;
using test::keyOf;

class MemoryCacheStoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keepsAnswersUnderTheirKeys();
    void sharesAnswersWithoutCopies();
    void letsTheLeastRecentlyUsedGo();
    void usesAreCountedAcrossAllOfIt();
    void lookingDoesNotCountAsUse();
    void replacesWithoutPushingOthersOut();
    void forgetsAfterItsTimeToLive();
    void timeRunsFromStoring();
    void forgetsWhatNobodyAsksFor();
    void countsBytesOfEverything();
    void letsGoUntilTheBytesFit();
    void takesNothingThatDoesNotFit();
    void takesOverNewLimits();
    void keepsNothingWithoutRoom();
    void clears();
};

namespace {

/// A store whose clock the test moves.
struct Fixture
{
    explicit Fixture(qint64 entries = 1000, qint64 bytes = 1024 * 1024, std::chrono::milliseconds timeToLive = 1h)
        : store({.timeToLive = timeToLive, .entries = entries, .bytes = bytes}, [this] { return now; })
    {
    }

    void insert(QByteArrayView name, const QByteArray &body = "x") { store.insert(keyOf(name), answerOf(body, now)); }
    bool has(QByteArrayView name) { return bodyOf(store.peek(keyOf(name))) != "-"; }
    QByteArray find(QByteArrayView name) { return bodyOf(store.find(keyOf(name))); }
    /// Of `names`, those that are there.
    QByteArray those(const QByteArray &names)
    {
        QByteArray result;
        for (const char name : names) {
            if (has(QByteArray(1, name)))
                result += name;
        }
        return result;
    }

    TimePoint now{};
    MemoryCacheStore store;
};

} // namespace

void MemoryCacheStoreTest::keepsAnswersUnderTheirKeys()
{
    Fixture fixture;
    QCOMPARE(fixture.find("a"), "-");
    fixture.insert("a", "A");
    fixture.insert("b", "B");
    QCOMPARE(fixture.find("a"), "A");
    QCOMPARE(fixture.find("b"), "B");
    QCOMPARE(fixture.find("c"), "-");
    fixture.insert("a", "A2");
    QCOMPARE(fixture.find("a"), "A2");
    QCOMPARE(fixture.store.contents().entries, 2);
}

void MemoryCacheStoreTest::sharesAnswersWithoutCopies()
{
    Fixture fixture;
    const SharedAnswer answer = answerOf(QByteArray(1000, 'x'));
    fixture.store.insert(keyOf("a"), answer);
    const std::optional<SharedAnswer> found = test::runTask(fixture.store.find(keyOf("a")));
    QVERIFY(found.has_value());
    QVERIFY(*found == answer);
}

void MemoryCacheStoreTest::letsTheLeastRecentlyUsedGo()
{
    Fixture fixture(3);
    for (const char *name : {"a", "b", "c"})
        fixture.insert(name);
    QCOMPARE(fixture.find("a"), "x"); // b is the oldest now
    fixture.insert("d");
    QCOMPARE(fixture.those("abcd"), "acd");
    fixture.insert("e");
    QCOMPARE(fixture.those("abcde"), "ade");
    QCOMPARE(fixture.store.contents().displaced, 2);
}

// With more entries than parts, in an order that no part knows by itself.
void MemoryCacheStoreTest::usesAreCountedAcrossAllOfIt()
{
    constexpr int kEntries = 200;
    Fixture fixture(kEntries);
    for (int i = 0; i < kEntries; ++i)
        fixture.insert(QByteArray::number(i));
    for (int i = 0; i < kEntries; i += 3)
        fixture.find(QByteArray::number(i));
    // The unused ones go first, in their order.
    for (int i = 0; i < kEntries; ++i) {
        if (i % 3 == 0)
            continue;
        QVERIFY2(fixture.has(QByteArray::number(i)), QByteArray::number(i));
        fixture.insert("new " + QByteArray::number(i));
        QVERIFY2(!fixture.has(QByteArray::number(i)), QByteArray::number(i));
    }
    for (int i = 0; i < kEntries; i += 3)
        QVERIFY2(fixture.has(QByteArray::number(i)), QByteArray::number(i));
    QCOMPARE(fixture.store.contents().entries, kEntries);
}

void MemoryCacheStoreTest::lookingDoesNotCountAsUse()
{
    Fixture fixture(2);
    fixture.insert("a");
    fixture.insert("b");
    QVERIFY(fixture.has("a"));
    fixture.insert("c");
    QCOMPARE(fixture.those("abc"), "bc");
}

void MemoryCacheStoreTest::replacesWithoutPushingOthersOut()
{
    Fixture fixture(2);
    fixture.insert("a");
    fixture.insert("b");
    fixture.insert("a", "A");
    QCOMPARE(fixture.those("ab"), "ab");
    QCOMPARE(fixture.store.contents().displaced, 0);
    fixture.insert("c"); // to be replaced is to be used
    QCOMPARE(fixture.those("abc"), "ac");
}

void MemoryCacheStoreTest::forgetsAfterItsTimeToLive()
{
    Fixture fixture(1000, 1024 * 1024, 10s);
    fixture.insert("a");
    fixture.now += 10s - 1ns;
    QCOMPARE(fixture.find("a"), "x");
    fixture.now += 1ns;
    QVERIFY(!fixture.has("a"));
    QCOMPARE(fixture.find("a"), "-");
    QCOMPARE(fixture.store.contents().entries, 0);
    QCOMPARE(fixture.store.contents().bytes, 0);
    QCOMPARE(fixture.store.contents().expired, 1);
}

void MemoryCacheStoreTest::timeRunsFromStoring()
{
    Fixture fixture(1000, 1024 * 1024, 10s);
    fixture.insert("a");
    for (int i = 0; i < 9; ++i) {
        fixture.now += 1s;
        QCOMPARE(fixture.find("a"), "x");
    }
    fixture.now += 1s;
    QCOMPARE(fixture.find("a"), "-");
    fixture.insert("a", "again");
    fixture.now += 5s;
    QCOMPARE(fixture.find("a"), "again");
}

void MemoryCacheStoreTest::forgetsWhatNobodyAsksFor()
{
    Fixture fixture(1000, 1024 * 1024, 10s);
    for (int i = 0; i < 100; ++i)
        fixture.insert(QByteArray::number(i));
    fixture.now += 11s;
    // Each part clears up when something is put into it.
    for (int i = 0; i < 200; ++i)
        fixture.insert("new " + QByteArray::number(i));
    QCOMPARE(fixture.store.contents().entries, 200);
    QCOMPARE(fixture.store.contents().expired, 100);
}

void MemoryCacheStoreTest::countsBytesOfEverything()
{
    Fixture fixture;
    const CachedAnswer answer{
        .body = QByteArray(1000, 'x'), .frameEnds = {500, 1000}, .droppedParams = {"top_k", QByteArray(100, 'p')}};
    QVERIFY(answer.bytes() >= 1000 + 2 * qint64(sizeof(qsizetype)) + 105);
    QVERIFY(answer.bytes() < 2000);
    QVERIFY(MemoryCacheStore::kEntryOverhead > qint64(2 * sizeof(CacheKey)));
    fixture.store.insert(keyOf("a"), std::make_shared<const CachedAnswer>(answer));
    QCOMPARE(fixture.store.contents().bytes, answer.bytes() + MemoryCacheStore::kEntryOverhead);
    fixture.insert("a", "x"); // in its place
    QCOMPARE(fixture.store.contents().bytes, answerOf("x")->bytes() + MemoryCacheStore::kEntryOverhead);
    QCOMPARE(fixture.store.clear(), 1);
    QCOMPARE(fixture.store.contents().bytes, 0);
}

void MemoryCacheStoreTest::letsGoUntilTheBytesFit()
{
    const qint64 one = answerOf(QByteArray(1000, 'x'))->bytes() + MemoryCacheStore::kEntryOverhead;
    Fixture fixture(1000, 4 * one);
    for (const char *name : {"a", "b", "c", "d"})
        fixture.insert(name, QByteArray(1000, 'x'));
    QCOMPARE(fixture.those("abcd"), "abcd");
    fixture.find("a");
    fixture.insert("e", QByteArray(1001, 'x')); // one would have been enough but for a byte
    QCOMPARE(fixture.those("abcde"), "ade");
    QCOMPARE(fixture.store.contents().displacedBytes, 2);
    QCOMPARE(fixture.store.contents().displaced, 0);
}

void MemoryCacheStoreTest::takesNothingThatDoesNotFit()
{
    Fixture fixture(1000, 4096);
    fixture.insert("a");
    fixture.insert("large", QByteArray(4096, 'x'));
    QVERIFY(fixture.has("a"));
    QVERIFY(!fixture.has("large"));
}

void MemoryCacheStoreTest::takesOverNewLimits()
{
    Fixture fixture;
    for (const char *name : {"a", "b", "c", "d"}) {
        fixture.insert(name);
        fixture.now += 1s;
    }
    fixture.store.setLimits({.timeToLive = 1h, .entries = 3, .bytes = 1024 * 1024});
    QCOMPARE(fixture.those("abcd"), "bcd");
    fixture.store.setLimits({.timeToLive = 3s, .entries = 1000, .bytes = 1024 * 1024});
    QCOMPARE(fixture.those("abcd"), "cd");
    fixture.store.setLimits({.timeToLive = 1h, .entries = 1000, .bytes = 1});
    QCOMPARE(fixture.those("abcd"), "");
}

void MemoryCacheStoreTest::keepsNothingWithoutRoom()
{
    Fixture fixture;
    fixture.insert("a");
    fixture.store.setLimits({.timeToLive = 1h, .entries = 0, .bytes = 1024 * 1024});
    QVERIFY(!fixture.has("a"));
    QCOMPARE(fixture.store.contents().purged, 1);
    fixture.insert("b");
    QVERIFY(!fixture.has("b"));
    QCOMPARE(fixture.store.contents().entries, 0);
}

void MemoryCacheStoreTest::clears()
{
    Fixture fixture;
    for (int i = 0; i < 100; ++i)
        fixture.insert(QByteArray::number(i));
    QCOMPARE(fixture.store.clear(), 100);
    QCOMPARE(fixture.store.clear(), 0);
    QCOMPARE(fixture.store.contents().entries, 0);
    QCOMPARE(fixture.store.contents().bytes, 0);
    QCOMPARE(fixture.store.contents().purged, 100);
    fixture.insert("a");
    QVERIFY(fixture.has("a"));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MemoryCacheStoreTest)
#include "tst_memory_cache_store.moc"
