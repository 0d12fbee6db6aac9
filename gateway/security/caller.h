// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <memory>
#include <vector>

namespace lunargate {

/// What a caller's key or token allows; an empty list allows everything.
struct CallerRights
{
    std::vector<QByteArray> routes; ///< names
    std::vector<QByteArray> models; ///< `PROVIDER/MODEL` or `MODEL`, each perhaps with `*`
    bool isAdmin = false;
};

/// Who sent a request.
struct Caller
{
    QByteArray name;    ///< of the key or token that was shown; empty: none was, or none is asked for
    QByteArray address; ///< the client's: that of the connection, or what a trusted proxy says
    std::shared_ptr<const CallerRights> rights; ///< nothing: everything is allowed

    /// What limits and cached answers belong to. Names and addresses cannot be taken for one another.
    QByteArray identity() const { return name.isEmpty() ? "address:" + address : "key:" + name; }
};

} // namespace lunargate
