// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/spool.h"

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

namespace lunargate::test {

using Reports = Spool::Reports;

inline constexpr qint64 kPlenty = 1LL << 30;

inline Reports reports(const QByteArray &name, int count = 2)
{
    Reports all;
    for (int i = 0; i < count; ++i)
        all.push_back({.events = {"{\"" + name + "\":" + QByteArray::number(i) + '}'}});
    return all;
}

/// A folder that is gone afterwards.
struct Folder
{
    QTemporaryDir parent;
    QString path = parent.filePath(QStringLiteral("a/spool"));

    QStringList files() const
    {
        return QDir(path).entryList(QDir::Files | QDir::Hidden, QDir::Name).filter(QStringLiteral("events"));
    }
    void open(Spool &spool, qint64 maxBytes = kPlenty, Sharing allowed = {}) const
    {
        spool.apply(path.toUtf8(), maxBytes, allowed);
    }
    QString of(const QString &name) const { return path + u'/' + name; }
    /// Of the file at that place, oldest first.
    QString file(qsizetype at) const { return of(files().value(at)); }
    void put(const QString &name, const QByteArray &bytes = {}) const
    {
        QFile file(of(name));
        QVERIFY(QDir().mkpath(path) && file.open(QFile::WriteOnly) && file.write(bytes) == bytes.size());
    }
};

/// How large a file of reports() is.
inline qint64 sizeOfOne()
{
    return spoolFileBytes(0, reports("a")).size();
}

inline constexpr Sharing kPrompts{.prompts = true};

/// It says more than its measurement.
inline Reports talkative()
{
    return {{.sharing = kPrompts, .events = {"metric", "log"}, .measurement = "measurement"}};
}

/// Takes the oldest, for good.
inline Reports next(Spool &spool)
{
    const Reports taken = spool.take().value_or(Reports());
    spool.done();
    return taken;
}

inline void expectFailure()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("keeps less than it should")));
}

} // namespace lunargate::test
