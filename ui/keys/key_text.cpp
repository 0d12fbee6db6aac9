// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_text.h"

#include <QCoreApplication>

namespace lunargate::ui {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("KeyText", text);
}

} // namespace

QString stateText(KeyState state)
{
    switch (state) {
    case KeyState::There:
        return tr("In the keychain");
    case KeyState::Missing:
        return tr("Missing");
    case KeyState::Locked:
        return tr("Keychain locked");
    case KeyState::NotAsked:
        return tr("Not asked");
    }
    Q_UNREACHABLE_RETURN({});
}

QIcon stateIcon(const KeyRow &key)
{
    switch (key.state) {
    case KeyState::There:
        return icon(Glyph::Check, Tone::Ok);
    case KeyState::Missing:
        return key.users.isEmpty() ? icon(Glyph::Slash, Tone::Muted) : icon(Glyph::Cross, Tone::Error);
    case KeyState::Locked:
        return icon(Glyph::Caution, Tone::Warning);
    case KeyState::NotAsked:
        return icon(Glyph::Ring, Tone::Muted);
    }
    Q_UNREACHABLE_RETURN({});
}

QString originText(const KeyRow &key)
{
    if (!key.origin.isEmpty())
        return QString::fromUtf8(key.origin);
    return key.state == KeyState::There ? tr("any address") : QStringLiteral("–");
}

KeyNote noteOf(const KeyVerdict &verdict, const QByteArray &origin)
{
    const QString where = QString::fromUtf8(origin);
    const QString detail = QString::fromUtf8(verdict.detail);
    using Kind = KeyVerdict::Kind;
    switch (verdict.kind) {
    case Kind::Accepted:
        return {Tone::Ok, tr("200: %1 takes the key and lists %2 models.").arg(where).arg(verdict.models)};
    case Kind::Rejected:
        return {Tone::Error, tr("%1: %2 does not take this key. Replace it with one that is valid there.")
                                 .arg(verdict.status)
                                 .arg(where)};
    case Kind::Unreachable:
        return {Tone::Warning, tr("%1 cannot be reached, so the key could not be tried: %2").arg(where, detail)};
    case Kind::Unclear:
        if (verdict.status > 0)
            return {Tone::Warning,
                    tr("%1 answered with status %2, which says nothing about the key.").arg(where).arg(verdict.status)};
        return {Tone::Warning, tr("The key could not be tried at %1: %2").arg(where, detail)};
    }
    Q_UNREACHABLE_RETURN({});
}

KeychainNotice noticeOf(const Error &problem)
{
    const QString rest =
        tr("The gateway goes on with the keys that it has read, and with those in environment variables "
           "and .env files.");
    if (problem.reason == "keychain_locked")
        return {tr("The keychain is locked"),
                tr("Until it is unlocked, keys cannot be looked up, added or deleted. Ask again, and the desktop asks "
                   "for its password.") +
                    u' ' + rest};
    if (problem.reason == "keychain_unavailable")
        return {tr("No keychain answers"),
                tr("There is no Secret Service and no KWallet here, or it keeps silent. Keys can stand in environment "
                   "variables or a .env file instead: write ${OPENAI_API_KEY} in the configuration.") +
                    u' ' + rest};
    if (problem.reason == "keychain_given_up")
        return {tr("The keychain was not waited for"),
                tr("If the desktop still asks for a password, answer it and ask again.") + u' ' + rest};
    if (problem.reason == "keychain_entry_exists")
        return {tr("There is such a key already"), QString::fromUtf8(problem.message)};
    return {tr("The keychain did not do it"), QString::fromUtf8(problem.message)};
}

} // namespace lunargate::ui
