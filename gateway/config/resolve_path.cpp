// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/resolve_path.h"

#include <QDir>
#include <QFileInfo>

namespace lunargate {

void resolvePath(const ReadingContext &context, QByteArray &path)
{
    const QDir folder = QFileInfo(QString::fromUtf8(context.fileName)).dir();
    if (!path.isEmpty())
        path = folder.filePath(QString::fromUtf8(path)).toUtf8();
}

} // namespace lunargate
