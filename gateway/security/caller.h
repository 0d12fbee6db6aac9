// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <memory>
#include <vector>

namespace lunargate {

/// What a caller's key or token allows; an empty list allows everything.
struct CallerRights
{
    std::vector<QByteArray> routes; ///< names
    std::vector<QByteArray> models; ///< `PROVIDER/MODEL` or `MODEL`, each perhaps with `*`
    bool isAdmin = false;

    bool allowsRoute(QByteArrayView route) const;
    /// `model` as `provider` knows it. Upper and lower case count.
    bool allowsModel(QByteArrayView provider, QByteArrayView model) const;
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

/// Whether `text` is `pattern`, in which each `*` stands for any text, slashes and nothing included.
bool matchesPattern(QByteArrayView pattern, QByteArrayView text);

} // namespace lunargate
