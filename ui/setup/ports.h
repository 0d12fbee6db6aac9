// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <stop_token>

namespace lunargate::ui {

/// Whether a gateway could listen there now, on the loopback addresses.
bool isPortFree(quint16 port);

enum class PortState {
    Free,
    Taken,
    Forbidden, ///< this user may not listen there, whether somebody has it or not
};
PortState stateOfPort(quint16 port);

/// What an attempt to listen that failed with `error` (a number of errno(3)) says of its port.
PortState stateAfter(int error);

/// The first one after `port` that is free; nothing if the next hundred are not.
std::optional<quint16> nextFreePort(quint16 port);

/// A process that listens.
struct PortOwner
{
    qint64 pid = 0;
    QString program; ///< as the system names it, at most 15 characters; others chose it

    bool operator==(const PortOwner &) const = default;
};

/// Who listens on `port`; nothing: nobody, or a process that the system does not let us look at, or `stop` was
/// requested. Any thread; looks through all processes, which takes some milliseconds where there are few. `proc` is
/// where Linux shows them.
std::optional<PortOwner> ownerOfPort(quint16 port, const std::stop_token &stop = {},
                                     const QString &proc = QStringLiteral("/proc"));

} // namespace lunargate::ui
