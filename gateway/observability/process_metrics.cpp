// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/process_metrics.h"

#include <QtSystemDetection>

#ifdef Q_OS_LINUX

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QList>

#include <unistd.h>

#include <algorithm>

namespace lunargate {

namespace {

QByteArray readAll(const char *path)
{
    QFile file(QString::fromLatin1(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Seconds since the epoch when the machine started.
double bootTime()
{
    const QByteArray stat = readAll("/proc/stat");
    const qsizetype at = stat.indexOf("\nbtime ");
    return at < 0 ? 0 : QByteArrayView(stat).sliced(at + 7).first(stat.indexOf('\n', at + 7) - at - 7).toDouble();
}

double countDescriptors()
{
    const QDir folder(QStringLiteral("/proc/self/fd"));
    // One of them is the folder itself, opened to read it.
    const qsizetype count = folder.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).size();
    return static_cast<double>(std::max<qsizetype>(count - 1, 0));
}

} // namespace

std::optional<ProcessMetrics> readProcessMetrics()
{
    const QByteArray stat = readAll("/proc/self/stat");
    // proc_pid_stat(5): the second field is the program's name in parentheses and may hold anything; the third follows
    // the last parenthesis.
    const qsizetype nameEnd = stat.lastIndexOf(')');
    if (nameEnd < 0)
        return std::nullopt;
    const QList<QByteArray> fields = stat.sliced(nameEnd + 1).simplified().split(' ');
    constexpr int kFirst = 3;
    constexpr int kUserTime = 14 - kFirst, kSystemTime = 15 - kFirst, kStartTime = 22 - kFirst, kPages = 24 - kFirst;
    if (fields.size() <= kPages)
        return std::nullopt;

    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    return ProcessMetrics{
        .cpuSeconds = (fields[kUserTime].toDouble() + fields[kSystemTime].toDouble()) / ticks,
        .residentBytes = fields[kPages].toDouble() * static_cast<double>(sysconf(_SC_PAGESIZE)),
        .startTime = bootTime() + fields[kStartTime].toDouble() / ticks,
        .openDescriptors = countDescriptors(),
    };
}

} // namespace lunargate

#else

namespace lunargate {

std::optional<ProcessMetrics> readProcessMetrics()
{
    return std::nullopt;
}

} // namespace lunargate

#endif
