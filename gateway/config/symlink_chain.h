// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace lunargate {

/// What leads to a file.
struct FileChain
{
    /// The file itself, all symbolic links followed; empty if there is none.
    QString file;
    /// Every folder in which something could change that leads elsewhere: those on the way to the file from the root
    /// on, and those on the way that each link on it names. They exist. Sorted.
    QStringList folders;
};

/// Follows `path` (absolute, or relative to the working directory) link by link. Where something is missing, the folder
/// that would have it is the last.
FileChain followFile(const QString &path);

} // namespace lunargate
