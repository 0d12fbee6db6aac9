// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/reload_notice.h"

#include "ui/editor/time_text.h"

#include <QByteArrayList>
#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace lunargate::ui {

namespace {

constexpr qsizetype kMostReasons = 6;

QString tr(const char *text)
{
    return QCoreApplication::translate("ReloadNotice", text);
}

QString firstOf(const QStringList &lines)
{
    return lines.first(std::min(lines.size(), kMostReasons)).join(u'\n');
}

} // namespace

NoticeBar::Notice noticeOf(const ReloadReport &report)
{
    if (report.result == ReloadResult::Rejected) {
        QStringList lines;
        for (const ConfigProblem &problem : report.problems)
            lines.append(QString::fromUtf8(problem.toText()));
        return {Tone::Error, tr("The gateway refused what the file says; what was running goes on"), firstOf(lines)};
    }
    const QByteArrayList keys(report.restartNeeded.begin(), report.restartNeeded.end());
    const bool isApplied = report.result == ReloadResult::Applied;
    return {Tone::Ok,
            isApplied ? tr("The gateway runs with it since %1").arg(timeText(report.at))
                      : tr("For the gateway nothing has changed"),
            keys.isEmpty() ? QString() : tr("Only a restart changes %1.").arg(QString::fromUtf8(keys.join(", ")))};
}

NoticeBar::Notice noticeOfFailedStart(const QStringList &problems)
{
    return {Tone::Error, tr("The gateway cannot start with it"), firstOf(problems)};
}

} // namespace lunargate::ui
