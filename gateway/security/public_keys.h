// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>

#include <vector>

namespace lunargate {

/// Public keys that tokens are checked with, from a JSON Web Key Set (RFC 7517). Immutable: any thread may use it.
class PublicKeys
{
public:
    static constexpr qsizetype kLargestSet = 1024 * 1024; // bytes; longer ones are not read

    /// Keys that sign nothing, are secret ones, or are too weak (RSA below 2048 bits) are left out. Fails if the text
    /// is no key set, or if no key is left.
    static Result<PublicKeys> read(QByteArrayView keySet);

    /// Whether there is a key of that id; with an empty one, whether there is any.
    bool has(QByteArrayView keyId) const;

    /// Whether one of the keys signed `token`, in that way: a key of that id, or any if it is empty. Only keys that are
    /// made for the algorithm are tried. Takes some 100 to 300 µs.
    bool haveSigned(const QByteArray &token, const QByteArray &algorithm, const QByteArray &keyId) const;

    std::size_t size() const { return m_keys.size(); }
    bool operator==(const PublicKeys &) const = default;

private:
    struct Key
    {
        QByteArray id;        ///< may be empty
        QByteArray kind;      ///< `RSA`, or the curve
        QByteArray algorithm; ///< the only one that it is for; empty: any that its kind knows
        QByteArray json;      ///< its public part and nothing else

        bool operator==(const Key &) const = default;
    };

    std::vector<Key> m_keys;
};

} // namespace lunargate
