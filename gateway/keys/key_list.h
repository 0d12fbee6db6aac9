// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/key_use.h"
#include "gateway/keys/key_store.h"

#include <QByteArrayList>

#include <optional>
#include <vector>

namespace lunargate {

enum class KeyState {
    NotAsked, ///< nobody asked the keychain, or it gave no answer
    There,
    Missing,
    Locked, ///< the keychain is, or the user refused
};

/// A key that is in the keychain, or should be.
struct KeyRow
{
    QByteArray name;
    QByteArray origin;         ///< that it is bound to; empty: none, or nobody knows
    QByteArrayList users = {}; ///< ids of providers; the path of what else in the configuration refers to it
    KeyState state = KeyState::NotAsked;
};

struct KeyList
{
    std::vector<KeyRow> rows;     ///< by name
    std::optional<Error> problem; ///< why not all could be asked
};

/// The keys that the configuration refers to; nobody asks the keychain.
std::vector<KeyRow> rowsOf(const std::vector<KeyUse> &uses);

/// These, and those that are in the keychain, which is asked for each.
KeyList listKeys(KeyStore &store, const std::vector<KeyUse> &uses);

} // namespace lunargate
