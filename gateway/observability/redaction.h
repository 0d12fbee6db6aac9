// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/secret_string.h"

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate {

struct Config;

// The last line of defence: what is written to a log has no key in it, whoever put it there. Any thread.

/// From now on this text never appears in the log, also not percent-encoded or escaped as JSON. Texts of less than six
/// bytes are ignored: they would blot out innocent words. It is never forgotten.
void registerSecret(const SecretString &secret);

/// Registers every secret of `config`. To be called before anything else is done with it. Those of the configurations
/// before are remembered, as an old key may still work; after a hundred more they are forgotten.
void registerSecrets(const Config &config);

/// `text` with every registered secret, and what looks like a key (`Bearer …`, `sk-…` and the like), replaced by `***`.
QByteArray redacted(QByteArrayView text);

/// The same for a JSON text. A secret can look like a part of the JSON itself, for example like a number: rather
/// nothing (an empty text) than nonsense then.
QByteArray redactedJson(const QByteArray &json);

/// redacted() in place: costs no copy where there is nothing to replace.
void redact(QByteArray &text);

/// Another number each time that more texts are registered: what redact() left as it was stays so until then.
quint64 registeredSecrets();

/// redact() with one `*` for each byte, so that everything else stays where it is.
void blotOutSecrets(QByteArray &text);

} // namespace lunargate
