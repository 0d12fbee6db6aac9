// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <array>

namespace lunargate {

/// The signatures of tokens that can be checked (RFC 7518, section 3.1; RFC 8037): those with a public key.
inline const std::array<QByteArray, 10> kTokenAlgorithms = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                                            "PS512", "ES256", "ES384", "ES512", "EdDSA"};
/// What `security.jwt.algorithms` is when it is empty.
inline const std::array<QByteArray, 3> kDefaultTokenAlgorithms = {"RS256", "ES256", "EdDSA"};

} // namespace lunargate
