// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/keys/key_tester.h"
#include "ui/theme/icons.h"

#include <QString>

namespace lunargate::ui {

// What is said of keys, in words.

QString stateText(KeyState state);
QIcon stateIcon(const KeyRow &key);
/// The origin that the key is bound to.
QString originText(const KeyRow &key);

/// A sentence with the sign that goes before it.
struct KeyNote
{
    Tone tone = Tone::Muted;
    QString text = {};
};

/// What came of trying the key at `origin`.
KeyNote noteOf(const KeyVerdict &verdict, const QByteArray &origin);

/// Why the keychain did not do what was asked, what helps, and what works all the same.
struct KeychainNotice
{
    QString title;
    QString text;
};
KeychainNotice noticeOf(const Error &problem);

} // namespace lunargate::ui
