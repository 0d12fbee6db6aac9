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

/// Nothing: what is to be ignored.
using BackendMessage = std::variant<std::monostate, SandboxCommand, RefusedCommand>;

/// What came from the backend. Heartbeats, answers and what has no `command_id` are ignored; every command that is not
/// known is refused.
BackendMessage readBackendMessage(const QByteArray &text);

} // namespace lunargate
