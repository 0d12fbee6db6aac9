// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace lunargate {

/// Where the file of that name is in LunarGate's folder of the user's data: `$XDG_DATA_HOME/lunargate`, or
/// `~/.local/share/lunargate`. Any thread.
QString inDataFolder(const QString &name);

/// Makes the folder of that file where it is missing, for its owner alone. Whether it is there.
bool makeFolderOf(const QString &path);

} // namespace lunargate
