// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_list.h"

#include <algorithm>

namespace lunargate {

namespace {

KeyRow &rowOf(std::vector<KeyRow> &rows, const QByteArray &name)
{
    const auto place = std::ranges::lower_bound(rows, name, {}, &KeyRow::name);
    if (place != rows.end() && place->name == name)
        return *place;
    return *rows.insert(place, KeyRow{.name = name, .origin = {}});
}

KeyState stateOf(const Error &error)
{
    if (error.reason == "keychain_entry_missing")
        return KeyState::Missing;
    return error.reason == "keychain_locked" ? KeyState::Locked : KeyState::NotAsked;
}

} // namespace

std::vector<KeyRow> rowsOf(const std::vector<KeyUse> &uses)
{
    std::vector<KeyRow> rows;
    for (const KeyUse &use : uses) {
        QByteArrayList &users = rowOf(rows, use.name).users;
        if (const QByteArray &user = use.provider.isEmpty() ? use.path : use.provider; !users.contains(user))
            users.append(user);
    }
    return rows;
}

KeyList listKeys(KeyStore &store, const std::vector<KeyUse> &uses)
{
    KeyList list{.rows = rowsOf(uses), .problem = {}};
    Result<std::vector<KeyName>> names = store.names();
    if (!names) {
        for (KeyRow &row : list.rows)
            row.state = stateOf(names.error());
        list.problem = std::move(names.error());
        return list;
    }
    for (const KeyName &known : *names)
        rowOf(list.rows, known.name).origin = known.origin;
    for (KeyRow &row : list.rows) {
        const Result<KeychainEntry> entry = store.read(row.name);
        if (entry)
            row.origin = entry->origin;
        row.state = entry ? KeyState::There : stateOf(entry.error());
        if (!entry && row.state != KeyState::Missing) {
            list.problem = entry.error();
            if (entry.error().reason != "keychain_entry_unknown")
                break; // whoever refused one, or kept silent, is not asked for the others
        }
    }
    return list;
}

} // namespace lunargate
