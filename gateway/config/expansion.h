// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/environment.h"
#include "gateway/security/keychain_entry.h"

#include <QByteArray>
#include <QByteArrayView>

#include <vector>

namespace lunargate {

/// A key of the keychain that a text refers to.
struct TakenKey
{
    QByteArray name;
    KeychainEntry entry; ///< empty if it could not be had
};

/// A text with its variables put in, and what was noticed on the way.
struct Expansion
{
    QByteArray text;
    std::vector<QByteArray> undefinedVariables; ///< names that stand for nothing; empty text took their place
    std::vector<TakenKey> keys;                 ///< in the order in which they stand there
    std::vector<QByteArray> keychainProblems;   ///< sentences; empty text took the secret's place
    bool malformed = false;                     ///< a `${` that begins no variable stayed as it was
    bool changed = false;                       ///< whether `text` differs from what was given in more than spelling
};

/// Puts variables into `text` in a single pass: `${NAME}`, and `${NAME:-default}` whose default also replaces an empty
/// variable. `${keychain:NAME}` is a secret of the keychain. `$${` is a literal `${`. Every other dollar stays.
Expansion expandVariables(QByteArrayView text, const Environment &environment);

/// Whether a key of the keychain may have that name: letters, digits, dots, dashes and underscores, no dash first.
bool isKeyName(QByteArrayView name);

/// Whether `name` is a letter or underscore followed by letters, digits and underscores (POSIX.1-2017, section 3.235).
bool isVariableName(QByteArrayView name);

} // namespace lunargate
