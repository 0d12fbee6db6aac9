// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/config_file.h"

#include "gateway/config/data_folder.h"
#include "gateway/config/symlink_chain.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSaveFile>
#include <QStringDecoder>

namespace lunargate::ui {

namespace {

constexpr QFile::Permissions kOwnerOnly = QFile::ReadOwner | QFile::WriteOwner;

QString tr(const char *text)
{
    return QCoreApplication::translate("ConfigFile", text);
}

bool isText(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(bytes);
    return !decoder.hasError() && !text.contains(QChar(u'\0'));
}

std::expected<void, QString> replace(const QString &target, const QByteArray &text,
                                     std::optional<QFile::Permissions> permissions)
{
    QSaveFile file(target);
    const bool isWritten = file.open(QIODevice::WriteOnly) && (!permissions || file.setPermissions(*permissions)) &&
                           file.write(text) == text.size() && file.commit();
    if (!isWritten)
        return std::unexpected(tr("%1 cannot be written: %2").arg(target, file.errorString()));
    return {};
}

} // namespace

std::expected<std::optional<QByteArray>, QString> readTextFile(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return std::nullopt;
    if (!file.open(QIODevice::ReadOnly))
        return std::unexpected(tr("%1 cannot be read: %2").arg(path, file.errorString()));
    QByteArray bytes = file.read(kLongestConfigFile + 1);
    if (bytes.size() > kLongestConfigFile)
        return std::unexpected(tr("%1 is too long to be edited here").arg(path));
    if (!isText(bytes))
        return std::unexpected(tr("%1 is no text in UTF-8, so that it cannot be edited here").arg(path));
    return bytes;
}

std::expected<void, QString> replaceTextFile(const QString &path, const QByteArray &text)
{
    const QString target = followFile(path).file;
    if (!target.isEmpty())
        return replace(target, text, std::nullopt);
    const QFileInfo link(path); // it may lead to a file that is not there yet
    return replace(link.isSymLink() ? link.symLinkTarget() : path, text, kOwnerOnly);
}

std::expected<void, QString> replacePrivateFile(const QString &path, const QByteArray &text)
{
    if (!makeFolderOf(path))
        return std::unexpected(tr("%1 cannot be made").arg(QFileInfo(path).path()));
    return replace(path, text, kOwnerOnly);
}

} // namespace lunargate::ui
