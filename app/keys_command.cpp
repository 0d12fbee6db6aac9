// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/keys_command.h"

#include "app/secret_prompt.h"
#include "gateway/keys/key_list.h"
#include "gateway/keys/key_uses.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace lunargate {

namespace {

int fail(const QByteArray &message)
{
    std::fprintf(stderr, "lunargate: %s\n", message.constData());
    return 1;
}

/// What a key of that name is bound to: what the user says, else what it was bound to before, else what it is used for.
Result<QByteArray> originFor(const KeysCommand &command, KeyStore &store)
{
    if (command.origin)
        return *command.origin;
    if (Result<QByteArray> before = store.boundTo(command.name); !before || !before->isEmpty())
        return before;
    Result<QByteArray> origin = originForKey(command.name, keyUsesOfFile(command.configFile));
    if (!origin)
        origin.error().message += " with --origin";
    return origin;
}

int set(const KeysCommand &command, KeyStore &store)
{
    const SecretString secret = readSecret(command.name);
    if (secret.isEmpty())
        return fail("nothing was given; write the secret to standard input");
    const Result<QByteArray> origin = originFor(command, store);
    if (!origin)
        return fail(origin.error().message);
    if (const Result<void> written = store.set(command.name, {.secret = secret, .origin = *origin}); !written)
        return fail(written.error().message);
    if (origin->isEmpty())
        std::printf(
            "It is bound to no address (--origin ADDRESS binds it): whoever changes the configuration can have it "
            "sent anywhere.\n");
    else
        std::printf("It is sent to %s and nowhere else.\n", origin->constData());
    std::printf("Write ${keychain:%s} in the configuration; a gateway that runs takes it with the next reload.\n",
                command.name.constData());
    return 0;
}

int remove(const KeysCommand &command, KeyStore &store)
{
    if (const Result<void> removed = store.remove(command.name); !removed)
        return fail(removed.error().message);
    for (const KeyUse &use : keyUsesOfFile(command.configFile)) {
        if (use.name == command.name)
            std::fprintf(stderr, "lunargate: %s still refers to %s\n", use.path.constData(), command.name.constData());
    }
    return 0;
}

QByteArray wordOf(KeyState state)
{
    switch (state) {
    case KeyState::There:
        return "there";
    case KeyState::Missing:
        return "missing";
    case KeyState::Locked:
        return "locked";
    case KeyState::NotAsked:
        return "not asked";
    }
    Q_UNREACHABLE_RETURN({});
}

int list(const KeysCommand &command, KeyStore &store)
{
    const KeyList keys = listKeys(store, keyUsesOfFile(command.configFile));
    using Line = std::array<QByteArray, 4>;
    std::vector<Line> lines;
    lines.push_back(Line{"NAME", "BOUND TO", "USED BY", "STATE"});
    for (const KeyRow &row : keys.rows) {
        const QByteArray unbound = row.state == KeyState::There ? "any address" : "-";
        const QByteArray users = row.users.join(", ");
        lines.push_back(Line{row.name, row.origin.isEmpty() ? unbound : row.origin,
                             users.isEmpty() ? QByteArray("-") : users, wordOf(row.state)});
    }
    std::array<qsizetype, 3> widths{};
    for (const Line &line : lines) {
        for (size_t column = 0; column < widths.size(); ++column)
            widths[column] = std::max(widths[column], line[column].size());
    }
    for (const Line &line : lines) {
        QByteArray text;
        for (size_t column = 0; column < widths.size(); ++column)
            text += line[column].leftJustified(widths[column] + 2);
        std::printf("%s\n", (text + line.back()).constData());
    }
    return keys.problem ? fail(keys.problem->message) : 0;
}

} // namespace

int manageKeys(const KeysCommand &command)
{
    KeyStore store(systemKeychain(), {});
    switch (command.action) {
    case KeysCommand::Action::Set:
        return set(command, store);
    case KeysCommand::Action::Delete:
        return remove(command, store);
    case KeysCommand::Action::List:
        return list(command, store);
    }
    Q_UNREACHABLE_RETURN(1);
}

} // namespace lunargate
