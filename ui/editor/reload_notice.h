// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/reload/reload_report.h"
#include "ui/editor/notice_bar.h"

namespace lunargate::ui {

/// What came of a configuration that the gateway read anew, for the user.
NoticeBar::Notice noticeOf(const ReloadReport &report);

/// Why the gateway could not start with it.
NoticeBar::Notice noticeOfFailedStart(const QStringList &problems);

} // namespace lunargate::ui
