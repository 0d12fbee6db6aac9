// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/expansion.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isNameStart(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

constexpr QByteArrayView kKeychain = "keychain:";

bool isNameCharacter(char c)
{
    return isNameStart(c) || (c >= '0' && c <= '9');
}

/// What stands between the braces.
struct Reference
{
    QByteArrayView name;
    std::optional<QByteArrayView> fallback;
    bool isInKeychain = false;
};

std::optional<Reference> parseReference(QByteArrayView inside)
{
    if (inside.startsWith(kKeychain) && isKeyName(inside.sliced(kKeychain.size())))
        return Reference{.name = inside.sliced(kKeychain.size()), .fallback = std::nullopt, .isInKeychain = true};
    const qsizetype separator = inside.indexOf(QByteArrayView(":-"));
    Reference reference{.name = separator < 0 ? inside : inside.first(separator), .fallback = std::nullopt};
    if (separator >= 0)
        reference.fallback = inside.sliced(separator + 2);
    // A default cannot hold another reference: its closing brace would be taken for ours.
    const bool nested = reference.fallback && reference.fallback->contains(QByteArrayView("${"));
    if (!isVariableName(reference.name) || nested)
        return std::nullopt;
    return reference;
}

void appendSecret(Expansion &expansion, const QByteArray &name, const Environment &environment)
{
    expansion.keys.push_back({.name = name, .entry = {}});
    if (!environment.keychain()) {
        expansion.keychainProblems.emplace_back("there is no keychain to take '" + name + "' from");
        return;
    }
    Result<KeychainEntry> entry = readKeychainEntry(*environment.keychain(), name, environment.stop());
    if (!entry) {
        expansion.keychainProblems.push_back(entry.error().message);
        return;
    }
    expansion.text += entry->secret.reveal();
    expansion.keys.back().entry = *std::move(entry);
}

void append(Expansion &expansion, const Reference &reference, const Environment &environment)
{
    if (reference.isInKeychain)
        return appendSecret(expansion, reference.name.toByteArray(), environment);
    const std::optional<QByteArray> value = environment.value(reference.name);
    if (value && !(value->isEmpty() && reference.fallback))
        expansion.text += *value;
    else if (reference.fallback)
        expansion.text += *reference.fallback;
    else
        expansion.undefinedVariables.push_back(reference.name.toByteArray());
}

} // namespace

bool isKeyName(QByteArrayView name)
{
    return !name.isEmpty() && name.front() != '-' &&
           std::ranges::all_of(name, [](char c) { return isNameCharacter(c) || c == '-' || c == '.'; });
}

bool isVariableName(QByteArrayView name)
{
    return !name.isEmpty() && isNameStart(name.front()) && std::ranges::all_of(name, isNameCharacter);
}

Expansion expandVariables(QByteArrayView text, const Environment &environment)
{
    Expansion expansion;
    qsizetype done = 0;
    for (;;) {
        const qsizetype open = text.indexOf(QByteArrayView("${"), done);
        if (open < 0) {
            expansion.text += text.sliced(done);
            return expansion;
        }
        if (open > done && text[open - 1] == '$') {
            expansion.text += text.sliced(done, open - 1 - done);
            expansion.text += "${";
            done = open + 2;
            continue;
        }
        expansion.text += text.sliced(done, open - done);
        const qsizetype close = text.indexOf('}', open);
        const std::optional<Reference> reference =
            close < 0 ? std::nullopt : parseReference(text.sliced(open + 2, close - open - 2));
        if (reference) {
            append(expansion, *reference, environment);
            expansion.changed = true;
            done = close + 1;
        } else {
            expansion.malformed = true;
            expansion.text += "${";
            done = open + 2;
        }
    }
}

} // namespace lunargate
