// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/reload_result.h"

#include <QByteArray>
#include <QDateTime>

#include <optional>
#include <vector>

namespace lunargate {

/// Why the configuration is read anew.
enum class ReloadTrigger {
    FileChange, ///< a file that it is read from has changed
    Signal,     ///< SIGHUP
    Request,    ///< POST /admin/v1/reload
};

/// One configuration of those that were running since the program started.
struct ConfigVersion
{
    quint64 number = 1; ///< counts from 1
    QByteArray source;  ///< the file's name, or what is used without one
    bool isBuiltIn = false;
    QByteArray digest; ///< of the files that it was read from
    QDateTime loadedAt;
};

/// What became of reading the configuration anew.
struct ReloadReport
{
    ReloadResult result = ReloadResult::Unchanged;
    ReloadTrigger trigger = ReloadTrigger::FileChange;
    QDateTime at;
    std::vector<ConfigProblem> problems = {};   ///< of what was read; with Rejected there is an error among them
    std::vector<QByteArray> restartNeeded = {}; ///< keys that were read, but have no effect before a restart
    ConfigVersion running;                      ///< what is running now
};

/// What the files say at present, compared with what is running.
enum class DiskState {
    Same,
    Differs,
    Unreadable, ///< or missing
};

/// Everything about the configuration at one time.
struct ConfigOverview
{
    ConfigVersion running;
    QByteArray config; ///< JSON, credentials masked
    DiskState onDisk = DiskState::Same;
    std::vector<QByteArray> restartNeeded = {};
    std::optional<ReloadReport> lastReload;
    std::optional<ReloadReport> lastError; ///< as long as no later reading went well
};

} // namespace lunargate
