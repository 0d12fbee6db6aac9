// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/keychain_entry.h"

namespace lunargate {

namespace {

// "lunargate-key VERSION ORIGIN", a line break, the secret.
constexpr QByteArrayView kMark = "lunargate-key ";
constexpr QByteArrayView kVersion = "1 ";

} // namespace

SecretString toKeychainText(const KeychainEntry &entry)
{
    return SecretString(kMark.toByteArray() + kVersion.toByteArray() + entry.origin + '\n' + entry.secret.reveal());
}

Result<KeychainEntry> readKeychainEntry(Keychain &keychain, const QByteArray &name, const std::stop_token &stop)
{
    Result<SecretString> text = keychain.read(name, stop);
    if (!text)
        return std::unexpected(std::move(text.error()));
    QByteArrayView rest = text->reveal();
    if (!rest.startsWith(kMark))
        return KeychainEntry{.secret = *std::move(text)};
    rest = rest.sliced(kMark.size());
    const qsizetype lineEnd = rest.indexOf('\n');
    if (!rest.startsWith(kVersion) || lineEnd < 0)
        return std::unexpected(Error{.reason = "keychain_entry_unknown",
                                     .message = "the keychain's entry '" + name +
                                                "' was written by a later version of LunarGate; put the key in again "
                                                "with `lunargate keys set " +
                                                name + " --origin ADDRESS`"});
    return KeychainEntry{.secret = SecretString(rest.sliced(lineEnd + 1).toByteArray()),
                         .origin = rest.first(lineEnd).sliced(kVersion.size()).toByteArray()};
}

} // namespace lunargate
