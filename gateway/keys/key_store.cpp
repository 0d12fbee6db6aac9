// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_store.h"

#include <QByteArrayList>

#include <algorithm>

namespace lunargate {

namespace {

// "lunargate-names 1", then a line for each: NAME ORIGIN.
constexpr QByteArrayView kHead = "lunargate-names 1\n";

Result<std::vector<KeyName>> parseNames(const QByteArray &text)
{
    std::vector<KeyName> names;
    if (text.isEmpty())
        return names;
    if (!text.startsWith(kHead))
        return std::unexpected(Error{.reason = "keychain_entry_unknown",
                                     .message = QByteArray("the keychain's entry '") + KeyStore::kListName +
                                                "', the list of keys, was written by a later version of LunarGate or "
                                                "by another program; use that version, or delete this entry with the "
                                                "program that shows the keychain, and put the keys in again"});
    for (const QByteArray &line : text.sliced(kHead.size()).split('\n')) {
        const qsizetype blank = line.indexOf(' ');
        if (blank > 0)
            names.push_back({.name = line.first(blank), .origin = line.sliced(blank + 1)});
    }
    return names;
}

} // namespace

Result<std::vector<KeyName>> KeyStore::names()
{
    Result<SecretString> text = m_keychain.read(kListName, m_stop);
    if (text)
        return parseNames(text->reveal());
    if (text.error().reason == "keychain_entry_missing")
        return {};
    return std::unexpected(std::move(text.error()));
}

Result<QByteArray> KeyStore::boundTo(const QByteArray &name)
{
    Result<KeychainEntry> entry = read(name);
    if (entry)
        return std::move(entry->origin);
    if (entry.error().reason == "keychain_entry_missing")
        return {};
    return std::unexpected(std::move(entry.error()));
}

Result<void> KeyStore::add(const QByteArray &name, const KeychainEntry &entry)
{
    const Result<KeychainEntry> found = read(name);
    if (found)
        return std::unexpected(Error{.reason = "keychain_entry_exists",
                                     .message = "there is a key '" + name + "' already; choose it to replace it"});
    if (found.error().reason != "keychain_entry_missing")
        return std::unexpected(found.error());
    return set(name, entry);
}

Result<void> KeyStore::set(const QByteArray &name, const KeychainEntry &entry)
{
    Result<std::vector<KeyName>> listed = names();
    if (!listed)
        return std::unexpected(std::move(listed.error()));
    // The name first: a name without its key is told as missing, a key without its name would not be told at all.
    std::erase_if(*listed, [&](const KeyName &known) { return known.name == name; });
    listed->push_back({.name = name, .origin = entry.origin});
    std::ranges::sort(*listed, {}, &KeyName::name);
    return writeNames(*listed).and_then([&] { return m_keychain.write(name, toKeychainText(entry), m_stop); });
}

Result<void> KeyStore::remove(const QByteArray &name)
{
    Result<std::vector<KeyName>> listed = names();
    if (!listed)
        return std::unexpected(std::move(listed.error()));
    const Result<SecretString> found = m_keychain.read(name, m_stop);
    Result<void> removed = found ? m_keychain.remove(name, m_stop) : std::unexpected(found.error());
    const bool isGone = removed || removed.error().reason == "keychain_entry_missing";
    if (isGone && std::erase_if(*listed, [&](const KeyName &known) { return known.name == name; }) > 0) {
        if (Result<void> written = writeNames(*listed); !written)
            return written;
    }
    return removed;
}

Result<void> KeyStore::writeNames(const std::vector<KeyName> &names)
{
    QByteArray text = kHead.toByteArray();
    for (const KeyName &key : names)
        text += key.name + ' ' + key.origin + '\n';
    return m_keychain.write(kListName, SecretString(text), m_stop);
}

} // namespace lunargate
