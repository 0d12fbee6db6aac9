// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace lunargate {

/// Why there is no connection, for log and state.
struct ConnectionProblem
{
    QByteArray text;         ///< nothing that the backend said, but its status
    bool isRefusing = false; ///< it does not take the key
};

/// What QWebSocket::errorString() means. It is all that there is: no API tells the status of a refused handshake.
ConnectionProblem connectionProblem(const QString &errorString);

} // namespace lunargate
