// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/pipeline/explain.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <variant>
#include <vector>

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
    bool isHeadless = false; ///< without a window, because the user wants it so or there is no display
};

/// Read a configuration and say what is wrong with it.
struct CheckCommand
{
    QString configFile;
    bool isStrict = false; ///< warnings are errors
};

/// Change or list the keys of the keychain.
struct KeysCommand
{
    enum class Action { Set, List, Delete };

    Action action = Action::List;
    QByteArray name;                  ///< empty with List
    std::optional<QByteArray> origin; ///< that it is bound to, see originOf(); empty: none; nothing: that is found out
    QString configFile;               ///< tells who uses the keys
};

/// Tell what would become of a request, without calling anybody.
struct ExplainCommand
{
    QString requestFile; ///< `-`: standard input
    QString configFile;
    bool isConfigGiven = false;
    ExplainedEndpoint endpoint = ExplainedEndpoint::Chat;
    bool isJson = false;
    std::vector<std::pair<QByteArray, QByteArray>> headers; ///< what the client would send; names and values
};

/// Print `text` and end with `exitCode` (to standard error if that is not 0).
struct PrintCommand
{
    QString text;
    int exitCode = 0;
};

using Command = std::variant<RunCommand, CheckCommand, ExplainCommand, KeysCommand, PrintCommand>;

/// What the command line asks for. `arguments` begin with the program's name.
Command readCommandLine(const QStringList &arguments);

/// The arguments that readCommandLine() takes for `command`, without the program's name; whether there is a window is
/// not among them.
QStringList argumentsOf(const RunCommand &command);

} // namespace lunargate
