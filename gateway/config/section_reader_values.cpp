// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/section_reader.h"

#include "gateway/config/nearest_name.h"
#include "gateway/config/scalar_text.h"

#include <QByteArrayList>

#include <algorithm>

// The reading of single keys, an overload a type; section_reader.cpp has what moves through the tree.

namespace lunargate {

namespace {

QByteArray show(bool value)
{
    return value ? "true" : "false";
}

template <typename Value, typename Show>
QByteArray showIfSet(const std::optional<Value> &value, Show show)
{
    return value ? show(*value) : QByteArray();
}

QByteArray showInteger(int value)
{
    return QByteArray::number(value);
}

template <typename List>
QByteArray showIntegers(const List &values)
{
    QByteArrayList parts;
    for (int value : values)
        parts.append(QByteArray::number(value));
    return parts.join(", ");
}

} // namespace

template <typename Value, typename Convert>
void SectionReader::assign(QByteArrayView key, const QByteArray &expected, Value &value, Convert convert)
{
    const std::optional<Scalar> text = scalar(key, expected);
    if (!text)
        return;
    if (auto converted = convert(*text))
        value = *std::move(converted);
}

void SectionReader::read(QByteArrayView key, bool &value)
{
    if (!describe(key, "boolean", show(value)))
        assign(key, "true or false", value, [&](const Scalar &text) { return toBoolean(m_context, text); });
}

void SectionReader::read(QByteArrayView key, std::optional<bool> &value)
{
    if (!describe(key, "boolean", showIfSet(value, show)))
        assign(key, "true or false", value, [&](const Scalar &text) { return toBoolean(m_context, text); });
}

void SectionReader::read(QByteArrayView key, int &value, Range<int> range)
{
    if (!describe(key, "whole number", showInteger(value)))
        assign(key, "a whole number", value, [&](const Scalar &text) { return toInteger(m_context, text, range); });
}

void SectionReader::read(QByteArrayView key, std::optional<int> &value, Range<int> range)
{
    if (!describe(key, "whole number", showIfSet(value, showInteger)))
        assign(key, "a whole number", value, [&](const Scalar &text) { return toInteger(m_context, text, range); });
}

void SectionReader::read(QByteArrayView key, double &value, Range<double> range)
{
    if (!describe(key, "number", formatNumber(value)))
        assign(key, "a number", value, [&](const Scalar &text) { return toNumber(m_context, text, range); });
}

void SectionReader::read(QByteArrayView key, std::optional<double> &value, Range<double> range)
{
    if (!describe(key, "number", showIfSet(value, formatNumber)))
        assign(key, "a number", value, [&](const Scalar &text) { return toNumber(m_context, text, range); });
}

void SectionReader::read(QByteArrayView key, milliseconds &value)
{
    if (!describe(key, "duration", formatDuration(value)))
        assign(key, "a duration", value, [&](const Scalar &text) { return toDuration(m_context, text); });
}

void SectionReader::read(QByteArrayView key, std::optional<milliseconds> &value)
{
    if (!describe(key, "duration", showIfSet(value, formatDuration)))
        assign(key, "a duration", value, [&](const Scalar &text) { return toDuration(m_context, text); });
}

void SectionReader::read(QByteArrayView key, QByteArray &value, Blank blank)
{
    if (describe(key, "text", value))
        return;
    if (blank == Blank::Refused && isBare(key))
        m_context.blank(placeOf(key), "expected text, found empty text");
    assign(key, "text", value, [&](const Scalar &text) { return toText(m_context, text, blank); });
}

void SectionReader::read(QByteArrayView key, std::optional<QByteArray> &value)
{
    if (!describe(key, "text", value.value_or(QByteArray())))
        assign(key, "text", value, [&](const Scalar &text) { return toText(m_context, text); });
}

void SectionReader::read(QByteArrayView key, SecretString &value)
{
    if (describe(key, "secret", {}))
        return;
    assign(key, "text", value, [&](const Scalar &text) {
        return toText(m_context, text).transform([](QByteArray secret) { return SecretString(std::move(secret)); });
    });
}

void SectionReader::read(QByteArrayView key, std::vector<QByteArray> &value, Blank blank)
{
    if (describe(key, "list of text", listOfNames(value)))
        return void(take(key));
    const std::vector<Scalar> items = scalars(key, "a list of text", blank);
    const auto isUnset = [](const Scalar &item) { return !item.undefinedVariables.empty(); };
    std::vector<QByteArray> texts;
    for (const Scalar &item : items) { // one that is empty does no harm beside others
        const std::optional<QByteArray> text = toText(m_context, item, isUnset(item) ? blank : Blank::Allowed);
        if (text && !text->isEmpty())
            texts.push_back(*text);
    }
    if (blank == Blank::Refused && texts.empty() && find(key) && std::ranges::none_of(items, isUnset))
        m_context.blank(placeOf(key), "expected at least one text, found none; write some, or remove the key");
    if (has(key))
        value = std::move(texts);
}

void SectionReader::read(QByteArrayView key, QList<int> &value, Range<int> range)
{
    if (describe(key, "list of whole numbers", showIntegers(value)))
        return;
    if (const std::optional<std::vector<int>> numbers = integers(key, range))
        value = QList<int>(numbers->begin(), numbers->end());
}

void SectionReader::read(QByteArrayView key, std::vector<int> &value, Range<int> range)
{
    if (describe(key, "list of whole numbers", showIntegers(value)))
        return;
    if (std::optional<std::vector<int>> numbers = integers(key, range))
        value = *std::move(numbers);
}

void SectionReader::readSize(QByteArrayView key, qint64 &value, Range<qint64> range)
{
    if (!describe(key, "size", formatSize(value)))
        assign(key, "a size", value, [&](const Scalar &text) { return toSize(m_context, text, range); });
}

void SectionReader::readUrl(QByteArrayView key, QByteArray &value)
{
    if (!describe(key, "text", value))
        assign(key, "text", value, [&](const Scalar &text) { return toUrl(m_context, text); });
}

std::optional<int> SectionReader::readWord(QByteArrayView key, std::span<const NamedValue> names,
                                           std::optional<int> defaultValue, Blank blank)
{
    const auto shown = std::ranges::find_if(names, [&](const NamedValue &name) { return name.value == defaultValue; });
    if (describe(key, listOfWords(names), shown == names.end() ? QByteArray() : QByteArray(shown->name)))
        return std::nullopt;
    const std::optional<Scalar> text = scalar(key, "one of: " + listOfWords(names));
    return text ? toWord(m_context, *text, names, blank) : std::nullopt;
}

std::vector<std::pair<SecretString, Place>> SectionReader::readSecrets(QByteArrayView key)
{
    std::vector<std::pair<SecretString, Place>> secrets;
    if (describe(key, "list of secrets", {}))
        return secrets;
    for (const Scalar &item : scalars(key, "a list of text", Blank::Refused)) {
        if (const std::optional<QByteArray> text = toText(m_context, item))
            secrets.emplace_back(SecretString(*text), item.place);
    }
    return secrets;
}

std::vector<std::pair<QByteArray, Place>> SectionReader::readPatterns(QByteArrayView key)
{
    std::vector<std::pair<QByteArray, Place>> patterns;
    if (describe(key, "list of text", {}))
        return patterns;
    for (const Scalar &item : scalars(key, "a list of text")) {
        if (!item.text.trimmed().isEmpty())
            patterns.emplace_back(item.text, item.place);
    }
    return patterns;
}

std::map<QByteArray, Place> SectionReader::readMap(QByteArrayView key, std::map<QByteArray, QByteArray> &value,
                                                   MapKeys keys)
{
    std::map<QByteArray, Place> places;
    const YamlEntry *entry = take(key);
    if (describe(key, "map of text", {}) || !entry)
        return places;
    const YamlNode *map = mapOrNull(entry->value, filePlaceOf(key));
    if (!map)
        return places;
    SectionReader reader(m_context, map, filePlaceOf(key), variableOf(key));
    for (const YamlEntry &item : map->entries) {
        const QByteArray name = keys == MapKeys::LowerCase ? item.key.toLower() : item.key;
        if (const std::optional<Scalar> text = reader.scalar(item.key, "text")) {
            value[name] = text->text;
            places[name] = text->place;
        }
    }
    return places;
}

std::optional<std::vector<int>> SectionReader::integers(QByteArrayView key, Range<int> range)
{
    if (!has(key)) {
        take(key);
        return std::nullopt;
    }
    std::vector<int> result;
    for (const Scalar &item : scalars(key, "a list of whole numbers")) {
        if (const std::optional<int> number = toInteger(m_context, item, range))
            result.push_back(*number);
    }
    return result;
}

} // namespace lunargate
