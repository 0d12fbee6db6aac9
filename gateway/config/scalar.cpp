// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/scalar.h"

#include "gateway/config/expansion.h"
#include "gateway/config/scalar_text.h"

#include <QUrl>

#include <algorithm>

namespace lunargate {

namespace {

using std::chrono::milliseconds;

constexpr qsizetype kShownCharacters = 60;

QByteArray quoted(const QByteArray &source)
{
    return '`' + (source.size() > kShownCharacters ? source.first(kShownCharacters) + "..." : source) + '`';
}

template <typename Number, typename Format>
QByteArray describeRange(const QByteArray &what, Range<Number> range, Format format)
{
    const bool hasSmallest = range.smallest > std::numeric_limits<Number>::lowest();
    const bool hasLargest = range.largest < std::numeric_limits<Number>::max();
    if (hasSmallest && hasLargest)
        return what + " from " + format(range.smallest) + " to " + format(range.largest);
    if (hasSmallest)
        return what + " of at least " + format(range.smallest);
    if (hasLargest)
        return what + " of at most " + format(range.largest);
    return what;
}

/// `value` if it is there and in the range; otherwise reports what was expected.
template <typename Number, typename Parsed, typename Format>
std::optional<Number> inRange(ReadingContext &context, const Scalar &scalar, std::optional<Parsed> value,
                              Range<Number> range, const QByteArray &what, Format format)
{
    if (value && *value >= range.smallest && *value <= range.largest)
        return static_cast<Number>(*value);
    rejectScalar(context, scalar, describeRange(what, range, format));
    return std::nullopt;
}

bool isControlCharacter(char c)
{
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool isRefused(const Scalar &scalar, Blank blank)
{
    if (blank == Blank::Allowed)
        return false;
    const bool isNothing = scalar.text.trimmed().isEmpty();
    return !scalar.undefinedVariables.empty() || (isNothing && (blank == Blank::Refused || scalar.isExpanded));
}

/// Why `scalar` is not `expected`.
QByteArray rejection(const Scalar &scalar, const QByteArray &expected)
{
    QByteArray message = "expected " + expected;
    if (!scalar.undefinedVariables.empty())
        message += ", but the variable " + scalar.undefinedVariables.front() + " is not set";
    else if (scalar.isExpanded)
        message += ", but " + quoted(scalar.source) + " gives something else";
    else if (scalar.text.isEmpty())
        message += ", found empty text";
    else if (!scalar.source.isEmpty())
        message += ", found " + quoted(scalar.source);
    return message;
}

} // namespace

Scalar expandScalar(ReadingContext &context, const YamlNode &node, const Place &place)
{
    Expansion expansion = expandVariables(node.text, context.environment);
    for (const QByteArray &name : expansion.undefinedVariables) {
        context.warn(place, "the variable " + name + " is not set, so empty text takes its place; set it, or write ${" +
                                name + ":-default}");
    }
    for (const QByteArray &problem : expansion.keychainProblems)
        context.error(place, problem);
    for (TakenKey &key : expansion.keys)
        context.keys.push_back({.name = std::move(key.name), .entry = std::move(key.entry), .place = place});
    if (expansion.malformed)
        context.warn(place, "a ${ begins no variable and stays; write ${NAME}, ${NAME:-default} or ${keychain:NAME}, "
                            "or $${ if it is meant so");
    return {.text = std::move(expansion.text),
            .source = node.text,
            .place = place,
            .undefinedVariables = std::move(expansion.undefinedVariables),
            .isExpanded = expansion.changed};
}

std::vector<Scalar> splitScalar(const Scalar &scalar, Blank blank)
{
    std::vector<Scalar> parts;
    std::vector<QByteArray> texts = splitAtCommas(scalar.text);
    if (texts.empty() && scalar.isExpanded && blank == Blank::Refused)
        texts.emplace_back();
    for (const QByteArray &text : texts) {
        Scalar part = scalar;
        part.text = text;
        if (!scalar.isExpanded && !scalar.source.isEmpty())
            part.source = text;
        parts.push_back(std::move(part));
    }
    return parts;
}

void rejectScalar(ReadingContext &context, const Scalar &scalar, const QByteArray &expected)
{
    context.error(scalar.place, rejection(scalar, expected));
}

std::optional<bool> toBoolean(ReadingContext &context, const Scalar &scalar)
{
    const std::optional<bool> value = parseBoolean(scalar.text);
    if (!value)
        rejectScalar(context, scalar, "true or false");
    return value;
}

std::optional<int> toInteger(ReadingContext &context, const Scalar &scalar, Range<int> range)
{
    return inRange(context, scalar, parseInteger(scalar.text), range, "a whole number",
                   [](int number) { return QByteArray::number(number); });
}

std::optional<double> toNumber(ReadingContext &context, const Scalar &scalar, Range<double> range)
{
    return inRange(context, scalar, parseNumber(scalar.text), range, "a number", formatNumber);
}

std::optional<qint64> toSize(ReadingContext &context, const Scalar &scalar, Range<qint64> range)
{
    return inRange(context, scalar, parseSize(scalar.text), range, "a size such as 65536, `64KiB` or `10MiB`",
                   formatSize);
}

std::optional<milliseconds> toDuration(ReadingContext &context, const Scalar &scalar)
{
    const std::expected<milliseconds, DurationError> value = parseDuration(scalar.text);
    if (value && *value >= milliseconds(0))
        return *value;
    if (value)
        rejectScalar(context, scalar, "a duration of at least 0");
    else if (value.error() == DurationError::MissingUnit)
        rejectScalar(context, scalar, "a duration with its unit, such as `30s` or `500ms`, not a bare number");
    else if (value.error() == DurationError::OutOfRange)
        rejectScalar(context, scalar, "a duration of at most 10 years");
    else
        rejectScalar(context, scalar, "a duration such as `500ms`, `30s` or `1h30m`");
    return std::nullopt;
}

std::optional<QByteArray> toText(ReadingContext &context, const Scalar &scalar, Blank blank)
{
    if (isRefused(scalar, blank)) {
        context.blank(scalar.place, rejection(scalar, "text"));
        return std::nullopt;
    }
    QByteArray text = scalar.text.trimmed();
    if (!std::ranges::any_of(text, isControlCharacter))
        return text;
    // Such a text could end a header line early; it is not shown, as it may be a key.
    context.error(scalar.place,
                  "the text has a line break or another control character; write it in one line without them");
    return std::nullopt;
}

std::optional<QByteArray> toUrl(ReadingContext &context, const Scalar &scalar)
{
    std::optional<QByteArray> text = toText(context, scalar);
    if (!text || text->isEmpty())
        return text;
    const QUrl url = QUrl::fromEncoded(*text, QUrl::StrictMode);
    const bool isHttp = url.scheme() == QLatin1StringView("http") || url.scheme() == QLatin1StringView("https");
    if (!url.isValid() || !isHttp || url.host().isEmpty()) {
        // The address may hold a password, so it is not shown.
        context.error(scalar.place, "expected an absolute http or https address, such as `https://api.example.com/v1`");
        return std::nullopt;
    }
    while (text->endsWith('/'))
        text->chop(1);
    return text;
}

std::optional<int> toWord(ReadingContext &context, const Scalar &scalar, std::span<const NamedValue> names, Blank blank)
{
    const QByteArray word = scalar.text.trimmed();
    for (const NamedValue &candidate : names) {
        if (word.compare(candidate.name, Qt::CaseInsensitive) == 0)
            return candidate.value;
    }
    if (!word.isEmpty() || isRefused(scalar, blank))
        rejectScalar(context, scalar, "one of: " + listOfWords(names));
    return std::nullopt;
}

QByteArray listOfWords(std::span<const NamedValue> names)
{
    QByteArray list;
    for (const NamedValue &name : names) {
        if (!name.isAlias)
            list += (list.isEmpty() ? "" : ", ") + QByteArray(name.name);
    }
    return list;
}

} // namespace lunargate
