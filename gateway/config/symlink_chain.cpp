// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/symlink_chain.h"

#include <QDir>
#include <QFileInfo>

#include <set>

namespace lunargate {

namespace {

// As many as Linux follows (path_resolution(7)).
constexpr int kMaxLinks = 40;

QStringList partsOf(const QString &path)
{
    return path.split(u'/', Qt::SkipEmptyParts);
}

} // namespace

FileChain followFile(const QString &path)
{
    std::set<QString> folders;
    QString folder = QDir::rootPath();
    QStringList ahead = partsOf(QDir::current().absoluteFilePath(path));
    int links = 0;
    bool isWhole = true;
    QString reached;
    while (!ahead.isEmpty()) {
        folders.insert(folder);
        const QString name = ahead.takeFirst();
        if (name == u".")
            continue;
        if (name == u"..") {
            folder = QFileInfo(folder).path();
            continue;
        }
        reached = QDir(folder).filePath(name);
        const QFileInfo entry(reached);
        if (entry.isSymLink()) {
            isWhole = ++links <= kMaxLinks;
            if (!isWhole)
                break;
            const QString target = entry.readSymLink();
            if (QDir::isAbsolutePath(target))
                folder = QDir::rootPath();
            ahead = partsOf(target) + ahead;
            continue;
        }
        isWhole = entry.exists() && (ahead.isEmpty() || entry.isDir());
        if (!isWhole)
            break;
        folder = reached;
    }
    FileChain chain{.file = isWhole && QFileInfo(reached).isFile() ? reached : QString(), .folders = {}};
    for (const QString &known : folders)
        chain.folders.append(known);
    return chain;
}

} // namespace lunargate
