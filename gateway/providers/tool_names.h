// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <map>

namespace lunargate {

/// Gives tools names that a provider accepts, and finds the client's names again in the answer. The same name is always
/// written in the same way within a request; two names never become one.
class ToolNames
{
public:
    /// `isAllowed` says which characters a name may have; others become `_`. Longer names are cut.
    ToolNames(bool (*isAllowed)(char), qsizetype maxLength) : m_isAllowed(isAllowed), m_maxLength(maxLength) {}

    /// The name to send for the client's `name`.
    QByteArray toProvider(QByteArrayView name);
    /// The client's name for what the provider says; the same text if it was never sent.
    QByteArray toClient(QByteArrayView name) const;

private:
    bool (*m_isAllowed)(char);
    qsizetype m_maxLength;
    std::map<QByteArray, QByteArray, std::less<>>
        m_toProvider; // only what had to be changed, and what it must not meet
    std::map<QByteArray, QByteArray, std::less<>> m_toClient;
};

} // namespace lunargate
