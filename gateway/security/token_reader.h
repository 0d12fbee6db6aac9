// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document.h"

#include <QByteArray>

namespace lunargate {

/// What a JSON Web Token says of itself. Nothing of it is true before its signature is checked.
struct ReadToken
{
    QByteArray algorithm; ///< `alg`
    QByteArray keyId;     ///< `kid`; empty: it names no key
    json::Document claims;
};

/// Takes a token in compact form (RFC 7515, section 3.1) apart. Fails with InvalidKey (`invalid_token`) for what is
/// longer than 16 KiB, is no such token, has a member twice, or asks for extensions (`crit`), of which none is known.
Result<ReadToken> readToken(QByteArrayView token);

/// A token that cannot be taken, and why.
Error invalidToken(const QByteArray &why);

} // namespace lunargate
