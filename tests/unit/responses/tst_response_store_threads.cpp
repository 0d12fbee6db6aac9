// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/responses/response_store.h"

#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace lunargate {

/// The store between workers. Plain threads: their beginning and end is what the sanitizer understands best.
class ResponseStoreThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void staysWholeUnderAllUses()
    {
        constexpr int kThreads = 4;
        constexpr int kRounds = 2000;
        const StoredResponsesConfig limits{.maxEntries = 40, .maxBytes = 1024 * 1024, .ttl = 1h};
        ResponseStore store(limits);
        std::atomic<int> wrong = 0;
        std::atomic<int> found = 0;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < kThreads; ++thread) {
                threads.emplace_back([&, thread] {
                    const QByteArray owner = "key:" + QByteArray::number(thread % 2);
                    for (int round = 0; round < kRounds; ++round) {
                        const QByteArray id = QByteArray::number((round * 7 + thread * 13) % 60);
                        if (round % 3 == 0)
                            store.insert(
                                owner,
                                std::make_shared<const StoredResponse>(StoredResponse{
                                    .id = id, .object = owner, .inputItems = {}, .outputItems = {}, .providerId = {}}));
                        if (const SharedResponse response = store.find(owner, id))
                            ++(response->id == id && response->object == owner ? found : wrong);
                        if (round % 50 == 0)
                            store.erase(owner, id);
                    }
                });
            }
            threads.emplace_back([&] {
                for (int round = 0; round < 200; ++round) {
                    store.apply({.maxEntries = round % 2 == 0 ? 5 : 40, .maxBytes = 1024 * 1024, .ttl = 1h});
                    if (store.contents().entries > 40)
                        ++wrong;
                }
            });
        }
        QCOMPARE(wrong.load(), 0);
        QVERIFY(found.load() > 0);
        store.apply({.maxEntries = 0, .maxBytes = 0, .ttl = 1h});
        QCOMPARE(store.contents().bytes, 0);
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponseStoreThreadsTest)
#include "tst_response_store_threads.moc"
