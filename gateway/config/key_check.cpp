// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/key_check.h"

#include "gateway/config/origin.h"

#include <algorithm>

namespace lunargate {

namespace {

/// Whether the address that `key` is sent to is made with a key, too.
bool hasSecretAddress(const ReadingContext &context, const PlacedKey &key)
{
    const QByteArray ofProvider = pathOfKey("providers", key.provider) + ".base_url";
    return std::ranges::any_of(context.keys, [&](const PlacedKey &other) {
        const QByteArray &path = other.place.path;
        if (!key.provider.isEmpty())
            return path == ofProvider;
        return path == "telemetry.endpoint" || path == "data_sharing.backend_url" || path == "general.backend_url";
    });
}

/// The origin of the address that `key` is sent to, for people; words instead if there is none that can be shown.
QByteArray shownOrigin(const ReadingContext &context, const PlacedKey &key)
{
    if (hasSecretAddress(context, key))
        return "an address with a secret in it";
    const QByteArray origin = originOf(*key.address);
    return origin.isEmpty() ? QByteArray("an address without a host") : origin;
}

QByteArray misplaced(const PlacedKey &key)
{
    return "the key '" + key.name + "' belongs to " + key.entry.origin +
           "; it may stand only in `api_key`, `headers` and `query` of what is at that address. Use another key here, "
           "or "
           "put this one in again for any address: `lunargate keys set " +
           key.name + " --origin any`";
}

QByteArray wrongOrigin(const PlacedKey &key, const QByteArray &origin)
{
    return "the key '" + key.name + "' belongs to " + key.entry.origin + " and is not sent to " + origin +
           ". Use another key here, or, if this one is meant for that address, put it in again: `lunargate keys set " +
           key.name + " --origin " + (origin.contains(' ') ? QByteArray("ADDRESS") : origin) + '`';
}

} // namespace

void checkKeys(ReadingContext &context)
{
    for (const PlacedKey &key : context.keys) {
        if (key.entry.origin.isEmpty())
            continue;
        if (!key.address)
            context.error(key.place, misplaced(key));
        else if (!key.address->isEmpty() && originOf(*key.address) != key.entry.origin)
            context.error(key.place, wrongOrigin(key, shownOrigin(context, key)));
    }
}

std::vector<KeyUse> keyUses(const ReadingContext &context)
{
    std::vector<KeyUse> uses;
    uses.reserve(context.keys.size());
    for (const PlacedKey &key : context.keys) {
        uses.push_back({.name = key.name,
                        .path = key.place.path,
                        .provider = key.provider,
                        .address = key.address.value_or(QByteArray())});
    }
    return uses;
}

} // namespace lunargate
