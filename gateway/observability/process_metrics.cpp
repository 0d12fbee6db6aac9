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

std::vector<MetricReading> processMetrics()
{
    const QByteArray stat = readAll("/proc/self/stat");
    // proc_pid_stat(5): the second field is the program's name in parentheses and may hold anything; the third follows
    // the last parenthesis.
    const qsizetype nameEnd = stat.lastIndexOf(')');
    if (nameEnd < 0)
        return {};
    const QList<QByteArray> fields = stat.sliced(nameEnd + 1).simplified().split(' ');
    constexpr int kFirst = 3;
    constexpr int kUserTime = 14 - kFirst, kSystemTime = 15 - kFirst, kThreads = 20 - kFirst, kStartTime = 22 - kFirst,
                  kVirtualBytes = 23 - kFirst, kPages = 24 - kFirst;
    if (fields.size() <= kPages)
        return {};

    const auto number = [&fields](int field) { return fields[field].toDouble(); };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    // Help texts as in Prometheus' own client libraries.
    return {
        counterReading("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
                       (number(kUserTime) + number(kSystemTime)) / ticks),
        gaugeReading("process_resident_memory_bytes", "Resident memory size in bytes.",
                     number(kPages) * static_cast<double>(sysconf(_SC_PAGESIZE))),
        gaugeReading("process_virtual_memory_bytes", "Virtual memory size in bytes.", number(kVirtualBytes)),
        gaugeReading("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
                     bootTime() + number(kStartTime) / ticks),
        gaugeReading("process_open_fds", "Number of open file descriptors.", countDescriptors()),
        gaugeReading("process_max_fds", "Maximum number of open file descriptors.",
                     static_cast<double>(sysconf(_SC_OPEN_MAX))),
        gaugeReading("process_threads", "Number of OS threads in the process.", number(kThreads)),
    };
}

} // namespace lunargate

#else

namespace lunargate {

std::vector<MetricReading> processMetrics()
{
    return {};
}

} // namespace lunargate

#endif
