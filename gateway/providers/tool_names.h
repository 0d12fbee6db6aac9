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
    /// `isAllowed` says which characters a name may have; others become `_`. Longer names are cut. `isAllowedFirst`
    /// says which of them it may begin with, if not all; others get a `_` before them.
    ToolNames(bool (*isAllowed)(char), qsizetype maxLength, bool (*isAllowedFirst)(char) = nullptr)
        : m_isAllowed(isAllowed), m_isAllowedFirst(isAllowedFirst), m_maxLength(maxLength)
    {
    }

    /// The name to send for the client's `name`.
    QByteArray toProvider(QByteArrayView name);
    /// The client's name for what the provider says; the same text if it was never sent.
    QByteArray toClient(QByteArrayView name) const;

private:
    bool (*m_isAllowed)(char);
    bool (*m_isAllowedFirst)(char);
    qsizetype m_maxLength;
    std::map<QByteArray, QByteArray, std::less<>>
        m_toProvider; // only what had to be changed, and what it must not meet
    std::map<QByteArray, QByteArray, std::less<>> m_toClient;
    std::map<QByteArray, int> m_nextSuffix; // of names that would be one, so that many of them do not take for ever
};

} // namespace lunargate
