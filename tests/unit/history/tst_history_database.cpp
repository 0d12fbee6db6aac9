// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_schema.h"
#include "tests/unit/history/history_records.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <array>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr HistoryLimits kNoLimits{.maxCount = 1'000'000'000, .maxBytes = 1'000'000'000'000};

/// Everything set, to a value of its own.
HistoryRecord fullRecord()
{
    using std::chrono::microseconds;
    return {.position = positionOf(kNow) + 7,
            .id = "id",
            .clientRequestId = "their id",
            .endpoint = "embeddings",
            .caller = "ann",
            .client = {.userAgent = "agent/1",
                       .application = "app",
                       .user = "u",
                       .session = "s",
                       .agent = "a",
                       .parentAgent = "p"},
            .route = "r",
            .provider = "anthropic",
            .model = "m",
            .modelAsked = "asked '\"; DROP TABLE requests; --",
            .modelServed = "served \u00e4\U0001F600",
            .finishReason = "stop",
            .status = 503,
            .error = "e",
            .errorType = "t",
            .errorMessage = "message",
            .stream = true,
            .fallbackUsed = true,
            .isHedged = true,
            .cache = "hit",
            .attemptCount = 40,
            .retries = 3,
            .attempts = {{.provider = "p1",
                          .model = "m1",
                          .outcome = "rate_limited",
                          .status = 429,
                          .error = "e1",
                          .errorCode = "c1",
                          .startedAfter = microseconds(1),
                          .waited = microseconds(2),
                          .duration = microseconds(3)},
                         {.provider = "p2",
                          .timeToFirstByte = microseconds(5),
                          .phases = PhaseTimes{.dns = microseconds(17),
                                               .connect = microseconds(18),
                                               .tls = microseconds(19),
                                               .firstByte = microseconds(20)}},
                         {.provider = "p3", .phases = PhaseTimes{.isReused = true, .firstByte = microseconds(21)}}},
            .timeToUpstream = microseconds(11),
            .timeToFirstByte = microseconds(12),
            .duration = microseconds(13),
            .usage = Usage{.input = 1,
                           .cachedInput = 2,
                           .cacheWrite = 3,
                           .cacheWriteHour = 6,
                           .output = 4,
                           .reasoning = 5,
                           .isEstimated = true},
            .costUsd = 0.125,
            .costSource = "provider",
            .savedTokens = 15,
            .savedUsd = 0.5,
            .savedTime = microseconds(16),
            .bytesIn = 14,
            .bytesOut = 1LL << 40};
}

bool isEqual(const HistoryRecord &a, const HistoryRecord &b)
{
    const auto all = [](const HistoryRecord &r) {
        return std::tie(r.position, r.id, r.clientRequestId, r.endpoint, r.caller, r.client, r.route, r.provider,
                        r.model, r.modelAsked, r.modelServed, r.finishReason, r.status, r.error, r.errorType,
                        r.errorMessage, r.stream, r.fallbackUsed, r.isHedged, r.cache, r.attemptCount, r.retries,
                        r.attempts, r.timeToUpstream, r.timeToFirstByte, r.duration, r.usage, r.costUsd, r.costSource,
                        r.savedTokens, r.savedUsd, r.savedTime, r.bytesIn, r.bytesOut);
    };
    return all(a) == all(b);
}

} // namespace

class HistoryDatabaseTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath(QStringLiteral("data/history.sqlite"));
    }

    void everyMemberComesBack()
    {
        const auto database = openDatabase(m_path);
        HistoryRecord record = fullRecord();
        QVERIFY(database->add({&record, 1}));
        const auto found = database->record("id").value();
        QVERIFY(isEqual(found.value(), record));
        QVERIFY(!found->messages);
        QVERIFY(isEqual(database->find({})->records.front(), record));
        QVERIFY(!database->record("other").value());
    }

    void whatIsNotKnownStaysSo()
    {
        const auto database = openDatabase(m_path);
        const HistoryRecord record = numbered(1);
        QVERIFY(database->add({&record, 1}));
        QVERIFY(isEqual(database->record("id-1").value().value(), record));
    }

    void bodiesComeBack()
    {
        const auto database = openDatabase(m_path);
        HistoryRecord record = numbered(1);
        auto messages =
            messagesWith(HistoryPart::ClientRequest, {.headers = {{"X-A", "1"}, {"X-A", "2"}}, .body = "{}"});
        (*messages)[HistoryPart::ProviderAnswer] =
            HistoryMessage{.body = QByteArray("\0\xff bytes", 8), .frames = {{2ms, 3}, {4ms, 8}}, .leftOut = 9};
        (*messages)[HistoryPart::ClientAnswer] = HistoryMessage{};
        record.messages = messages;
        QVERIFY(database->add({&record, 1}));
        const auto found = database->record("id-1").value()->messages;
        QCOMPARE((*found)[HistoryPart::ClientRequest]->body, QByteArray("{}"));
        QCOMPARE((*found)[HistoryPart::ClientRequest]->headers.count("x-a"), 2);
        QVERIFY(!(*found)[HistoryPart::ProviderRequest]);
        QCOMPARE((*found)[HistoryPart::ProviderAnswer]->body, QByteArray("\0\xff bytes", 8));
        QVERIFY((*found)[HistoryPart::ProviderAnswer]->frames == std::vector<HistoryFrame>({{2ms, 3}, {4ms, 8}}));
        QCOMPARE((*found)[HistoryPart::ProviderAnswer]->leftOut, 9);
        QVERIFY((*found)[HistoryPart::ClientAnswer]);
    }

    // What is empty is not NULL, texts are no blobs: filters, and files of other versions, count on it.
    void typesInTheFile()
    {
        HistoryRecord record = numbered(1);
        record.messages = messagesWith(HistoryPart::ClientAnswer, {});
        QVERIFY(openDatabase(m_path)->add({&record, 1}));
        SqliteConnection file(m_path);
        QVERIFY(file.open());
        QCOMPARE(file.number("SELECT count(*) FROM requests WHERE typeof(position) = 'integer' AND typeof(id) = 'text' "
                             "AND typeof(route) = 'text' AND route = '' AND typeof(user) = 'text' AND "
                             "typeof(attempts) = 'text' AND attempts = '' AND typeof(duration_us) = 'integer' AND "
                             "ttft_us IS NULL AND cost_usd IS NULL AND input_tokens IS NULL AND tokens_in IS NULL")
                     .value(),
                 1);
        QCOMPARE(file.number("SELECT count(*) FROM messages WHERE typeof(body) = 'blob' AND length(body) = 0 AND "
                             "typeof(headers) = 'text' AND headers = '[]' AND frames = '[]' AND left_out = 0")
                     .value(),
                 1);
    }

    void staysWhenItIsOpenedAgain()
    {
        const HistoryRecord record = numbered(1);
        QVERIFY(openDatabase(m_path)->add({&record, 1}));
        const auto database = openDatabase(m_path);
        QCOMPARE(database->count(), 1);
        QVERIFY(database->record("id-1").value());
    }

    void idsThatBeginAlikeAreToldApart()
    {
        const auto database = openDatabase(m_path);
        std::vector<HistoryRecord> records{numbered(1), numbered(2), numbered(3)};
        records[0].id = "01234567-first";
        records[1].id = "01234567-second";
        records[2].id = "012"; // shorter than what the index holds of it
        QVERIFY(database->add(records));
        for (const HistoryRecord &record : records)
            QCOMPARE(database->record(record.id).value().value().position, record.position);
        QVERIFY(!database->record("01234567").value());
        QVERIFY(!database->record("01234567-third").value());
    }

    // That of older programs holds whole ids, and would be written for each record as well.
    void theIndexOfIdsIsReplaced()
    {
        const HistoryRecord record = numbered(1);
        QVERIFY(openDatabase(m_path)->add({&record, 1}));
        {
            SqliteConnection file(m_path);
            QVERIFY(file.open());
            QVERIFY(file.run("DROP INDEX requests_id_start"));
            QVERIFY(file.run("CREATE INDEX requests_id ON requests (id)"));
        }
        QVERIFY(openDatabase(m_path)->record("id-1").value());
        SqliteConnection file(m_path);
        QVERIFY(file.open());
        QCOMPARE(file.number("SELECT count(*) FROM sqlite_master WHERE name = 'requests_id'").value(), 0);
        HistoryResult<SqliteStatement> plan =
            file.query(QByteArray("EXPLAIN QUERY PLAN SELECT position FROM requests ") + kWithId,
                       std::array<SqliteValue, 1>{QByteArray("id-1")});
        QVERIFY(plan && plan->step().value());
        constexpr int kDetail = 3;
        QVERIFY2(plan->text(kDetail).contains("USING INDEX requests_id_start"), plan->text(kDetail).constData());
    }

    void onlyTheOwnerMayRead()
    {
        const auto database = openDatabase(m_path);
        const HistoryRecord record = numbered(1);
        QVERIFY(database->add({&record, 1}));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        for (const char *suffix : {"", "-wal", "-shm"}) {
            const QFileInfo file(m_path + QLatin1StringView(suffix));
            QVERIFY(file.exists());
            QVERIFY2(!file.permissions().testAnyFlags(others), suffix);
        }
        QVERIFY(!QFileInfo(m_folder->filePath(QStringLiteral("data"))).permissions().testAnyFlags(others));
    }

    void aFileThatOthersCouldReadIsClosedToThem()
    {
        openDatabase(m_path);
        QFile::setPermissions(m_path, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther);
        openDatabase(m_path);
        QVERIFY(!QFileInfo(m_path).permissions().testFlag(QFile::ReadOther));
    }

    void erasesByAge()
    {
        const auto database = filled(2000);
        HistoryLimits limits = kNoLimits;
        limits.oldest = positionOf(kNow + 1990s);
        QVERIFY(eraseAll(*database, limits) > 2); // in steps
        QCOMPARE(database->count(), 10);
        QCOMPARE(idsOf(database->find({.limit = 200})->records).last(), "id-1990");
    }

    void erasesByCount()
    {
        const auto database = filled(2000);
        HistoryLimits limits = kNoLimits;
        limits.maxCount = 1999;
        eraseAll(*database, limits);
        QCOMPARE(database->count(), 1999);
        limits.maxCount = 5;
        eraseAll(*database, limits);
        QCOMPARE(idsOf(database->find({})->records),
                 QByteArrayList({"id-1999", "id-1998", "id-1997", "id-1996", "id-1995"}));
    }

    void pinnedRecordsAreKept()
    {
        auto database = filled(2000);
        QVERIFY(database->setPinned("id-3", true));
        QVERIFY(database->setPinned("id-700", true));
        QVERIFY(database->setPinned("id-701", true));
        QVERIFY(database->setPinned("id-701", false));
        QVERIFY(database->setPinned("nobody", true));
        database.reset();
        database = openDatabase(m_path);
        HistoryLimits limits = kNoLimits;
        limits.oldest = positionOf(kNow + 1990s);
        eraseAll(*database, limits);
        QCOMPARE(database->count(), 12);
        limits.maxCount = 2;
        limits.maxBytes = 1;
        eraseAll(*database, limits);
        QCOMPARE(idsOf(database->find({})->records), QByteArrayList({"id-700", "id-3"}));
        limits.oldestPinned = positionOf(kNow + 10s); // somebody wants all of it to be erased
        eraseAll(*database, limits);
        QCOMPARE(idsOf(database->find({})->records), QByteArrayList({"id-700"}));
    }

    void pinnedRecordsLeaveRoomForTheOthers()
    {
        const auto database = filled(20);
        for (const char *id : {"id-0", "id-1", "id-2"})
            QVERIFY(database->setPinned(id, true));
        HistoryLimits limits = kNoLimits;
        limits.maxCount = 2;
        eraseAll(*database, limits);
        QCOMPARE(idsOf(database->find({})->records), QByteArrayList({"id-19", "id-18", "id-2", "id-1", "id-0"}));
        QVERIFY(database->setPinned("id-2", false));
        eraseAll(*database, limits);
        QCOMPARE(idsOf(database->find({})->records), QByteArrayList({"id-19", "id-18", "id-1", "id-0"}));
    }

    void pinnedBodiesLeaveRoomForTheOthers()
    {
        const auto database = openDatabase(m_path);
        std::vector<HistoryRecord> records;
        for (int i = 0; i < 20; ++i) {
            records.push_back(numbered(i));
            if (i < 5)
                records.back().messages =
                    messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(1'000'000, 'x')});
        }
        QVERIFY(database->add(records));
        for (int i = 0; i < 5; ++i)
            QVERIFY(database->setPinned("id-" + QByteArray::number(i), true));
        HistoryLimits limits = kNoLimits;
        limits.maxBytes = 1'000'000;
        QVERIFY(database->bytes() > 5 * limits.maxBytes);
        eraseAll(*database, limits);
        QCOMPARE(database->count(), 20);
        QVERIFY(database->setPinned("id-4", false));
        eraseAll(*database, limits);
        QVERIFY(!database->record("id-4").value());
        QVERIFY(database->record("id-3").value()->messages);
    }

    void pinnedRecordsKeepTheirBodies()
    {
        const auto database = openDatabase(m_path);
        HistoryRecord record = numbered(1);
        record.messages = messagesWith(HistoryPart::ClientRequest, {.body = "what was said"});
        QVERIFY(database->add(std::array{record}));
        QVERIFY(database->setPinned("id-1", true));
        HistoryLimits limits = kNoLimits;
        limits.maxCount = 0;
        eraseAll(*database, limits);
        QVERIFY(database->record("id-1").value()->messages);
    }

    void erasesByBytesAndGivesThemBack()
    {
        auto database = openDatabase(m_path);
        std::vector<HistoryRecord> records;
        for (int i = 0; i < 600; ++i) {
            records.push_back(numbered(i));
            records.back().messages = messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(20'000, 'x')});
        }
        QVERIFY(database->add(records));
        const qint64 before = database->bytes();
        QVERIFY(before > 12'000'000);
        HistoryLimits limits = kNoLimits;
        limits.maxBytes = 6'000'000;
        eraseAll(*database, limits);
        QVERIFY(database->bytes() <= 6'000'000);
        QVERIFY(database->bytes() > 3'000'000); // not more than had to go
        QVERIFY(database->record("id-599").value()->messages);
        QVERIFY(!database->record("id-0").value());
        database.reset();
        QVERIFY(QFileInfo(m_path).size() < 8'000'000);
    }

    void pagesFollowEachOther()
    {
        const auto database = filled(500);
        QByteArrayList found;
        HistoryQuery query{.filter = filterOf("status:200"), .limit = 1000};
        do {
            const HistoryPage page = database->find(query).value();
            QVERIFY(page.records.size() <= kLargestHistoryPage);
            found += idsOf(page.records);
            query.before = page.next;
        } while (query.before);
        QCOMPARE(found.size(), 500);
        QCOMPARE(found.first(), "id-499");
        QCOMPARE(found.last(), "id-0");
    }

    void aPageThatIsFullAtTheEndHasNoNext()
    {
        const auto database = filled(10);
        QVERIFY(!database->find({.limit = 10})->next);
        QVERIFY(database->find({.limit = 9})->next);
    }

    // 128 MiB of bodies: nobody else may wait for all of them.
    void aSearchInBodiesGoesInSteps()
    {
        const auto database = openDatabase(m_path);
        for (int i = 0; i < 64; ++i) {
            HistoryRecord record = numbered(i);
            record.messages = messagesWith(HistoryPart::ClientAnswer, {.body = QByteArray(2'000'000, 'x')});
            if (i == 0)
                record.messages = messagesWith(HistoryPart::ClientAnswer, {.body = "the needle"});
            QVERIFY(database->add({&record, 1}));
        }
        int steps = 0;
        HistoryQuery query{.filter = filterOf("text:needle")};
        QByteArrayList found;
        do {
            const HistoryPage page = database->find(query).value();
            found += idsOf(page.records);
            query.before = page.next;
            ++steps;
        } while (query.before);
        QCOMPARE(found, QByteArrayList({"id-0"}));
        QVERIFY2(steps >= 4, QByteArray::number(steps).constData());
    }

    void anotherGatewayIsKeptAway()
    {
        auto database = openDatabase(m_path);
        const auto other = HistoryDatabase::open(m_path);
        QVERIFY(!other);
        QVERIFY2(other.error().text.contains("process " + QByteArray::number(QCoreApplication::applicationPid())),
                 other.error().text.constData());
        database.reset();
        QVERIFY(openDatabase(m_path));
    }

    void aTakenPlaceIsLeftAlone()
    {
        const auto database = filled(3);
        HistoryRecord twin = numbered(1);
        twin.id = "twin";
        QVERIFY(database->add({&twin, 1}));
        QCOMPARE(database->count(), 3);
        QVERIFY(!database->record("twin").value());
    }

private:
    std::unique_ptr<HistoryDatabase> filled(int count) const
    {
        std::vector<HistoryRecord> records;
        for (int i = 0; i < count; ++i)
            records.push_back(numbered(i));
        auto database = openDatabase(m_path);
        if (!database->add(records))
            QTest::qFail("cannot add", __FILE__, __LINE__);
        return database;
    }

    /// How many steps it took.
    static int eraseAll(HistoryDatabase &database, const HistoryLimits &limits)
    {
        int steps = 1;
        while (database.eraseSome(limits).value())
            ++steps;
        return steps;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(HistoryDatabaseTest)
#include "tst_history_database.moc"
