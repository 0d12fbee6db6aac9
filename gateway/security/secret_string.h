// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

class QDebug;

namespace lunargate {

/// A credential. It cannot be printed, compared with a text by accident or converted: whoever needs the text calls
/// reveal(), which is easy to find in a review.
class SecretString
{
public:
    SecretString() = default;
    explicit SecretString(QByteArray value) : m_value(std::move(value)) {}

    bool isEmpty() const { return m_value.isEmpty(); }

    /// The text itself. Only for the header that carries it to its owner.
    const QByteArray &reveal() const { return m_value; }

    /// Whether `candidate` is the same text, in a time that depends on its length only.
    bool matches(QByteArrayView candidate) const;
    /// Whether both are the same; two empty ones are. For settings, not for what somebody shows.
    bool isSame(const SecretString &other) const { return isEmpty() ? other.isEmpty() : matches(other.m_value); }

private:
    QByteArray m_value;
};

QDebug operator<<(QDebug debug, const SecretString &) = delete;

} // namespace lunargate
