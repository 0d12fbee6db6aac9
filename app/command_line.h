// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <variant>

namespace lunargate {

/// Start the gateway.
struct RunCommand
{
    QString configFile; ///< as given, or the default name
    bool isConfigGiven = false;
    std::optional<QByteArray> host;
    std::optional<int> port;
    std::optional<int> workers;
    std::optional<LogLevel> logLevel;
    bool isHeadless = false;
};

/// Read a configuration and say what is wrong with it.
struct CheckCommand
{
    QString configFile;
    bool isStrict = false; ///< warnings are errors
};

/// Change a secret of the keychain.
struct KeyCommand
{
    enum class Action { Set, Remove };

    Action action = Action::Set;
    QByteArray name;
};

/// Print `text` and end with `exitCode` (to standard error if that is not 0).
struct PrintCommand
{
    QString text;
    int exitCode = 0;
};

using Command = std::variant<RunCommand, CheckCommand, KeyCommand, PrintCommand>;

/// What the command line asks for. `arguments` begin with the program's name.
Command readCommandLine(const QStringList &arguments);

} // namespace lunargate
