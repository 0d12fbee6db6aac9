// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/request_id.h"

#include <QSet>
#include <QTest>
#include <QUuid>

#include <array>
#include <thread>
#include <vector>

using namespace lunargate;

namespace {

// More than are made at once.
constexpr int kMany = 200;

std::vector<QByteArray> manyIds()
{
    std::vector<QByteArray> ids;
    for (int i = 0; i < kMany; ++i)
        ids.push_back(newRequestId());
    return ids;
}

} // namespace

class RequestIdTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isARandomUuid()
    {
        for (const QByteArray &id : manyIds()) {
            const QUuid uuid = QUuid::fromString(QLatin1StringView(id));
            QCOMPARE(uuid.version(), QUuid::Random);
            QCOMPARE(uuid.variant(), QUuid::DCE);
            QCOMPARE(id, uuid.toByteArray(QUuid::WithoutBraces));
        }
    }

    // But for version and variant each bit is set in some and not in others.
    void allElseIsRandom()
    {
        std::array<int, 16> ones{};
        std::array<int, 16> zeros{};
        for (const QByteArray &id : manyIds()) {
            const QByteArray bytes = QUuid::fromString(QLatin1StringView(id)).toRfc4122();
            for (std::size_t i = 0; i < ones.size(); ++i) {
                ones[i] |= static_cast<unsigned char>(bytes.at(static_cast<qsizetype>(i)));
                zeros[i] |= ~static_cast<unsigned char>(bytes.at(static_cast<qsizetype>(i))) & 0xFF;
            }
        }
        for (std::size_t i = 0; i < ones.size(); ++i) {
            const int fixed = i == 6 ? 0xF0 : i == 8 ? 0xC0 : 0;
            QCOMPARE(ones[i] & zeros[i], 0xFF & ~fixed);
        }
    }

    void noneComesTwice()
    {
        std::array<std::vector<QByteArray>, 4> made;
        {
            std::vector<std::jthread> threads;
            for (std::vector<QByteArray> &ids : made)
                threads.emplace_back([&ids] { ids = manyIds(); });
        }
        QSet<QByteArray> all;
        for (const std::vector<QByteArray> &ids : made)
            all.unite(QSet<QByteArray>(ids.begin(), ids.end()));
        QCOMPARE(all.size(), std::ssize(made) * kMany);
    }
};

QTEST_APPLESS_MAIN(RequestIdTest)
#include "tst_request_id.moc"
