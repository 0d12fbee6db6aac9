// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <span>

namespace lunargate::ui {

/// A program that is told where the gateway is by a text to paste.
struct ClientEnvironment
{
    const char *name;                        ///< the program's own name, which is not translated
    const char *path;                        ///< where it asks for models
    QString (*text)(const QString &address); ///< `address` is `http://127.0.0.1:8080`; ends with a line feed
};

/// All that are known.
std::span<const ClientEnvironment> clientEnvironments();

} // namespace lunargate::ui
