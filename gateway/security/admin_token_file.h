// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/secret_string.h"

#include <QString>

#include <expected>

namespace lunargate {

/// The token in that file, which is made, with its folder and a random token, if it is missing: as a whole, for its
/// owner alone. An error says why there is none: it cannot be made or read, others may read it, it is no plain file
/// (a symbolic link is none), or holds no token. What is there is never changed. Any thread.
std::expected<SecretString, QByteArray> readAdminToken(const QString &path);

} // namespace lunargate
