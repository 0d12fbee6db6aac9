// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/enum_names.h"
#include "gateway/config/reading_context.h"

#include <chrono>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace lunargate {

/// The numbers that a key may have, both ends included.
template <typename Number>
struct Range
{
    Number smallest = std::numeric_limits<Number>::lowest();
    Number largest = std::numeric_limits<Number>::max();
};

/// A single value with its variables put in, before it is converted.
struct Scalar
{
    QByteArray text;
    /// As written in the file, to be shown in problems: the value of a variable might be a secret. Empty: show nothing.
    QByteArray source;
    Place place;
    std::vector<QByteArray> undefinedVariables;
    bool isExpanded = false;
};

/// What becomes of a value that is there and is nothing.
enum class Blank {
    Allowed,   ///< it is as good as missing
    AsWritten, ///< likewise, but a variable that gives nothing is an error
    Refused,   ///< one of the context's `blanks`, as is any variable that is not set: where nothing is everything
};

/// Puts the variables into `node`, and warns of those that are not set.
Scalar expandScalar(ReadingContext &context, const YamlNode &node, const Place &place);

/// The parts of a text between commas, each as a scalar of its own at the same place. Where `blank` is refused,
/// variables that give nothing make one that is empty.
std::vector<Scalar> splitScalar(const Scalar &scalar, Blank blank);

/// Reports that `scalar` is not `expected` ("a whole number").
void rejectScalar(ReadingContext &context, const Scalar &scalar, const QByteArray &expected);

// The conversions report what they cannot convert and give nothing then.
std::optional<bool> toBoolean(ReadingContext &context, const Scalar &scalar);
std::optional<int> toInteger(ReadingContext &context, const Scalar &scalar, Range<int> range);
std::optional<double> toNumber(ReadingContext &context, const Scalar &scalar, Range<double> range);
std::optional<qint64> toSize(ReadingContext &context, const Scalar &scalar, Range<qint64> range);
/// Not negative.
std::optional<std::chrono::milliseconds> toDuration(ReadingContext &context, const Scalar &scalar);
/// Trimmed, one line.
std::optional<QByteArray> toText(ReadingContext &context, const Scalar &scalar, Blank blank = Blank::Allowed);
/// An absolute http or https address without slashes at its end; empty text stays empty.
std::optional<QByteArray> toUrl(ReadingContext &context, const Scalar &scalar);
/// Nothing also for empty text, which means the default.
std::optional<int> toWord(ReadingContext &context, const Scalar &scalar, std::span<const NamedValue> names,
                          Blank blank = Blank::Allowed);

/// The words that are not aliases, for people: "ttft, total".
QByteArray listOfWords(std::span<const NamedValue> names);

} // namespace lunargate
