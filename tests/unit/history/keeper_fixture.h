// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_keeper.h"
#include "tests/unit/history/history_records.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace lunargate::test {

using State = HistoryStatus::State;

inline constexpr char kCannotBeStored[] = "^the history cannot be stored";

inline void expectWarning(const char *text)
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QLatin1StringView(text)));
}

/// A history's keeper with a database in a folder of its own; a test class has it as its base.
struct KeeperFixture
{
    void begin()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_config = {};
        m_config.maxAge = std::chrono::milliseconds(0);
        m_config.path = m_folder->filePath(QStringLiteral("history.sqlite")).toUtf8();
        m_queue = std::make_unique<HistoryQueue>(1000, 100'000'000);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        m_added = 0;
    }
    void end()
    {
        const HistoryStatus status = m_keeper->status();
        const bool isWaiting = status.state == State::Memory && status.queued > 0;
        if (isWaiting && !HistoryDatabase::open(QString::fromUtf8(m_config.path)))
            expectWarning("^the newest requests could not be stored");
        m_keeper->close(kNever);
    }

    void start() { m_keeper->apply(m_config); }
    void add(int count)
    {
        for (int i = 0; i < count; ++i)
            m_queue->add(numbered(m_added++));
        m_keeper->drain();
    }
    int found()
    {
        int count = 0;
        HistoryQuery query{.limit = kLargestHistoryPage};
        do {
            const HistoryPage page = m_keeper->find(query);
            count += static_cast<int>(page.records.size());
            query.before = page.next;
        } while (query.before);
        return count;
    }
    void isInMemory(int count)
    {
        QCOMPARE(m_keeper->status().state, State::Memory);
        QVERIFY(!m_keeper->status().problem.isEmpty());
        QCOMPARE(found(), count);
        QVERIFY(m_keeper->record("id-0"));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    HistoryConfig m_config;
    std::unique_ptr<HistoryQueue> m_queue;
    HistoryFeed m_feed;
    std::unique_ptr<HistoryKeeper> m_keeper;
    int m_added = 0;
};

} // namespace lunargate::test
