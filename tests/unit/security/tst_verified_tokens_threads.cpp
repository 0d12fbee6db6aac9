// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/verified_tokens.h"

#include <QTest>

#include <thread>

using namespace lunargate;
using namespace std::chrono_literals;

/// Run under the thread sanitizer, too.
class VerifiedTokensThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theFirstGoWhereThereIsNoRoom()
    {
        VerifiedTokens tokens(2);
        for (const char *token : {"a", "b", "a", "c"})
            tokens.add(digestOf(token), {.name = token, .rights = {}}, kEnd, 1);
        QCOMPARE(tokens.size(), 2U);
        QVERIFY(!tokens.find(digestOf("a"), 1, kNow));
        QCOMPARE(tokens.find(digestOf("b"), 1, kNow)->name, "b");
        QCOMPARE(tokens.find(digestOf("c"), 1, kNow)->name, "c");
        QVERIFY(!tokens.find(digestOf("c"), 2, kNow)); // other keys
        QVERIFY(!tokens.find(digestOf("c"), 1, kEnd));
    }

    void workersShareThem()
    {
        VerifiedTokens tokens(50);
        std::atomic<int> wrong = 0;
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&, thread] {
                for (int i = 0; i < 2000; ++i) {
                    const QByteArray name = QByteArray::number((i * 7 + thread) % 80);
                    const CredentialDigest digest = digestOf(name);
                    const auto found = tokens.find(digest, 1, kNow);
                    if (found && found->name != name)
                        ++wrong;
                    if (!found)
                        tokens.add(digest, {.name = name, .rights = {}}, kEnd, 1);
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(tokens.size(), 50U);
    }

private:
    static constexpr std::chrono::sys_seconds kNow{1000s};
    static constexpr std::chrono::sys_seconds kEnd{2000s};
};

QTEST_GUILESS_MAIN(VerifiedTokensThreadsTest)
#include "tst_verified_tokens_threads.moc"
