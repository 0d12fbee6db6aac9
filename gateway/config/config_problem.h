// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace lunargate {

/// One thing that is wrong (or looks wrong) in the configuration, with the place to repair. Never holds a secret.
struct ConfigProblem
{
    enum class Severity { Warning, Error };

    Severity severity = Severity::Error;
    QByteArray file; ///< as it was named to the reader; for an override "environment variable NAME"
    int line = 0;    ///< 1-based; 0 if the problem has no line
    int column = 0;  ///< 1-based, in characters
    QByteArray path; ///< for example routing.routes[0].targets[1].provider; empty for the file as a whole
    QByteArray message;

    /// `file:line:column: path: message`, with a missing part left out; warnings say so before the path.
    QByteArray toText() const;
};

/// Adds a map key to a path such as `providers`; a key with a dot is written `providers["my.id"]`. Different keys have
/// different paths, of which none begins another one.
QByteArray pathOfKey(const QByteArray &parent, const QByteArray &key);

/// Adds a list index to a path.
QByteArray pathOfItem(const QByteArray &parent, size_t index);

} // namespace lunargate
