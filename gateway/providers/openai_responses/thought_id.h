// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace lunargate::openai_responses {

/// How the ReasoningDetails of this protocol are named for clients: `ORIGIN:CALLS:TEXT:ID`. Encrypted thoughts can be
/// read only by who wrote them ("The encrypted content … could not be verified"), and they must come back in front of
/// the item that they led to; neither can be told from the rest of the detail.
struct ThoughtId
{
    QByteArray origin;        ///< see thoughtOrigin()
    size_t calls = 0;         ///< how many calls of the answer came before
    bool isAfterText = false; ///< a text, or a refusal, came before
    QByteArray id;            ///< the provider's own name of the item; may be empty

    QByteArray text() const;
};

/// Whose thoughts they are: the same for the same provider at the same address.
QByteArray thoughtOrigin(const ProviderConfig &provider);

/// Nothing if `text` names no thought of `origin`.
std::optional<ThoughtId> readThoughtId(QByteArrayView text, QByteArrayView origin);

} // namespace lunargate::openai_responses
