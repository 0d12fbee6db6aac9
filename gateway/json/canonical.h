// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"

#include <QByteArrayView>

#include <functional>

namespace lunargate::json {

/// Takes the bytes of a canonical form, piece by piece.
class CanonicalSink
{
public:
    CanonicalSink() = default;
    CanonicalSink(const CanonicalSink &) = delete;
    CanonicalSink &operator=(const CanonicalSink &) = delete;
    virtual ~CanonicalSink() = default;

    virtual void put(QByteArrayView bytes) = 0;
};

/// Writes `value` (`null` if it is missing) in a form that is the same for texts that differ only in white space, in
/// the order of members, in the escapes of strings and in the spelling of numbers (`1`, `1.0`, `10e-1`), and another
/// one for everything else. It is binary, not JSON, and ends by itself, so that more may follow it.
///
/// False if that cannot be promised, because a number is too large to be read exactly (a float from 2^53 on): whoever
/// needs to tell such texts apart adds the text itself.
[[nodiscard]] bool writeCanonical(Value value, CanonicalSink &sink);

/// The same for an object, as if it had only those members whose names `isWanted` takes.
[[nodiscard]] bool writeCanonical(Value object, const std::function<bool(QByteArrayView)> &isWanted,
                                  CanonicalSink &sink);

/// Writes a text in the same form, or a whole number.
void writeCanonical(QByteArrayView text, CanonicalSink &sink);
void writeCanonical(qint64 number, CanonicalSink &sink);

} // namespace lunargate::json
