// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <variant>

namespace lunargate {

/// `sandbox.execute`: the one command that there is.
struct SandboxCommand
{
    QByteArray id;
    QByteArray mode; ///< `route` or `model`: what `target` names; anything else names nothing
    QByteArray target;
    QByteArray request; ///< a chat request: a JSON object
};

/// Something that may not be run, or not be understood.
struct RefusedCommand
{
    QByteArray id;
    QByteArray type;
    int status = 400;
    QByteArray reason; ///< a stable token
    QByteArray error;  ///< a sentence
};

/// What is no command, and gets no answer.
struct IgnoredMessage
{
    QByteArray type; ///< empty: it has none
};

/// Nothing: a heartbeat.
using BackendMessage = std::variant<std::monostate, IgnoredMessage, SandboxCommand, RefusedCommand>;

/// What came from the backend. Commands are the types that begin with `sandbox.`, but for that of our answers; those
/// that are not known are refused. Texts of unreasonable length are refused, and cut.
BackendMessage readBackendMessage(const QByteArray &text);

} // namespace lunargate
