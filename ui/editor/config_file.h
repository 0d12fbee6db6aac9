// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <expected>
#include <optional>

namespace lunargate::ui {

/// Longer files are not read into the editor.
inline constexpr qint64 kLongestConfigFile = 2 * 1024 * 1024;

// Errors are sentences for the user; they name no contents. Any thread.

/// What the file says, byte for byte; nothing if there is none. Fails for what no editor could show, too: another
/// encoding than UTF-8.
std::expected<std::optional<QByteArray>, QString> readTextFile(const QString &path);

/// Replaces the file at once, so that nobody sees a part of it. Its permissions stay; where `path` is a symbolic link,
/// so does that, and what it leads to is replaced. A new file is its owner's alone, as keys may stand in it.
std::expected<void, QString> replaceTextFile(const QString &path, const QByteArray &text);

/// The same for a file that is for this program alone: nobody else may read it, and its folder is made if need be.
std::expected<void, QString> replacePrivateFile(const QString &path, const QByteArray &text);

} // namespace lunargate::ui
