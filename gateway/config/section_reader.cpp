// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/section_reader.h"

#include "gateway/config/nearest_name.h"
#include "gateway/config/scalar_text.h"

#include <algorithm>

namespace lunargate {

namespace {

/// A part of a variable's name: whatever cannot stand in one becomes an underscore.
QByteArray variablePart(QByteArrayView key)
{
    QByteArray part = key.toByteArray().toUpper();
    for (char &c : part) {
        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
            c = '_';
    }
    return part;
}

QByteArray join(const std::vector<QByteArray> &parts)
{
    return QByteArrayList(parts.begin(), parts.end()).join(", ");
}

QByteArray kindName(YamlNode::Kind kind)
{
    switch (kind) {
    case YamlNode::Kind::Null:
        return "nothing";
    case YamlNode::Kind::Scalar:
        return "a single value";
    case YamlNode::Kind::List:
        return "a list";
    case YamlNode::Kind::Map:
        return "a map";
    }
    Q_UNREACHABLE_RETURN({});
}

QByteArray wrongKind(const QByteArray &expected, const YamlNode &node)
{
    return "expected " + expected + ", found " + kindName(node.kind);
}

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

SectionReader::SectionReader(ReadingContext &context, const YamlNode *root)
    : SectionReader(context, root, Place{{}, root ? root->position : YamlPosition{}}, QByteArray())
{
}

SectionReader::SectionReader(ReadingContext &context, const YamlNode *node, Place place, Variable variable)
    : m_context(context), m_node(node), m_place(std::move(place)), m_variable(std::move(variable))
{
    if (m_node)
        reportTwins(*m_node, m_place.path);
}

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

void SectionReader::read(QByteArrayView key, QByteArray &value)
{
    if (!describe(key, "text", value))
        assign(key, "text", value, [&](const Scalar &text) { return toText(m_context, text); });
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

void SectionReader::read(QByteArrayView key, std::vector<QByteArray> &value)
{
    if (describe(key, "list of text", join(value)) || !has(key))
        return void(take(key));
    value.clear();
    for (const Scalar &item : scalars(key, "a list of text")) {
        if (const std::optional<QByteArray> text = toText(m_context, item); text && !text->isEmpty())
            value.push_back(*text);
    }
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
                                           std::optional<int> defaultValue)
{
    const auto shown = std::ranges::find_if(names, [&](const NamedValue &name) { return name.value == defaultValue; });
    if (describe(key, listOfWords(names), shown == names.end() ? QByteArray() : QByteArray(shown->name)))
        return std::nullopt;
    const std::optional<Scalar> text = scalar(key, "one of: " + listOfWords(names));
    return text ? toWord(m_context, *text, names) : std::nullopt;
}

std::vector<std::pair<SecretString, Place>> SectionReader::readSecrets(QByteArrayView key)
{
    std::vector<std::pair<SecretString, Place>> secrets;
    if (describe(key, "list of secrets", {}))
        return secrets;
    for (const Scalar &item : scalars(key, "a list of text")) {
        if (const std::optional<QByteArray> text = toText(m_context, item))
            secrets.emplace_back(SecretString(*text), item.place);
    }
    return secrets;
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

void SectionReader::section(QByteArrayView key, const std::function<void(SectionReader &)> &readSection)
{
    const YamlEntry *entry = take(key);
    const YamlNode *map = entry ? mapOrNull(entry->value, filePlaceOf(key)) : nullptr;
    SectionReader reader(m_context, map, filePlaceOf(key), variableOf(key));
    readSection(reader);
    reader.finish();
}

void SectionReader::list(QByteArrayView key, const std::function<void(SectionReader &)> &readItem)
{
    const auto readOne = [&](const YamlNode *node, const Place &place) {
        SectionReader reader(m_context, node, place, std::nullopt);
        readItem(reader);
        reader.finish();
    };
    const YamlEntry *entry = take(key);
    if (isDescribing())
        return readOne(nullptr, Place{pathOf(key) + "[]", {}});
    if (!entry)
        return;
    if (entry->value.kind == YamlNode::Kind::Map)
        return readOne(&entry->value, Place{pathOfItem(pathOf(key), 0), entry->value.position});
    if (entry->value.kind != YamlNode::Kind::List)
        return m_context.error(filePlaceOf(key), wrongKind("a list of maps", entry->value));
    for (size_t i = 0; i < entry->value.items.size(); ++i) {
        const YamlNode &item = entry->value.items[i];
        const Place place{pathOfItem(pathOf(key), i), item.position};
        if (item.kind == YamlNode::Kind::Map)
            readOne(&item, place);
        else
            m_context.error(place, wrongKind("a map", item));
    }
}

void SectionReader::named(QByteArrayView key,
                          const std::function<void(const QByteArray &name, SectionReader &)> &readItem)
{
    const YamlEntry *entry = take(key);
    if (isDescribing()) {
        SectionReader reader(m_context, nullptr, Place{pathOf(key) + ".<id>", {}}, std::nullopt);
        return readItem("<id>", reader);
    }
    const YamlNode *map = entry ? mapOrNull(entry->value, filePlaceOf(key)) : nullptr;
    if (!map)
        return;
    reportTwins(*map, pathOf(key));
    for (const YamlEntry &item : map->entries) {
        const Place place{pathOfKey(pathOf(key), item.key), item.position};
        const QByteArray variable = variableOf(key).value_or(QByteArray()) + '_' + variablePart(item.key);
        SectionReader reader(m_context, mapOrNull(item.value, place), place, variable);
        readItem(item.key, reader);
        reader.finish();
    }
}

void SectionReader::ignore(QByteArrayView key, const QByteArray &why)
{
    if (!describe(key, "ignored", {}) && take(key))
        m_context.warn(placeOf(key), why);
}

void SectionReader::finish()
{
    if (!m_node || isDescribing())
        return;
    for (const YamlEntry &entry : m_node->entries) {
        const auto isThis = [&](const QByteArray &known) { return known.compare(entry.key, Qt::CaseInsensitive) == 0; };
        if (std::ranges::any_of(m_known, isThis))
            continue;
        // A place for anchors, as in Docker Compose files.
        if (m_place.path.isEmpty() && entry.key.startsWith("x-"))
            continue;
        const QByteArray nearest = nearestName(entry.key, m_known);
        const QByteArray advice =
            nearest.isEmpty() ? "the keys here are: " + join(m_known) : "did you mean `" + nearest + "`?";
        m_context.warn(Place{pathOf(entry.key), entry.position}, "unknown key, ignored; " + advice);
    }
}

bool SectionReader::has(QByteArrayView key) const
{
    const YamlEntry *entry = find(key);
    return (entry && entry->value.kind != YamlNode::Kind::Null) || overrideOf(key).has_value();
}

Place SectionReader::placeOf(QByteArrayView key) const
{
    if (const std::optional<Scalar> overriding = overrideOf(key))
        return overriding->place;
    return filePlaceOf(key);
}

Place SectionReader::filePlaceOf(QByteArrayView key) const
{
    const YamlEntry *entry = find(key);
    if (!entry)
        return Place{pathOf(key), m_place.position};
    return Place{pathOf(key), entry->value.kind == YamlNode::Kind::Null ? entry->position : entry->value.position};
}

const YamlEntry *SectionReader::find(QByteArrayView key) const
{
    if (!m_node)
        return nullptr;
    const auto found = std::ranges::find_if(
        m_node->entries, [key](const YamlEntry &entry) { return entry.key.compare(key, Qt::CaseInsensitive) == 0; });
    return found == m_node->entries.end() ? nullptr : &*found;
}

const YamlEntry *SectionReader::take(QByteArrayView key)
{
    if (std::ranges::find(m_known, key) == m_known.end())
        m_known.push_back(key.toByteArray());
    const YamlEntry *entry = find(key);
    return entry && entry->value.kind != YamlNode::Kind::Null ? entry : nullptr;
}

bool SectionReader::describe(QByteArrayView key, const QByteArray &type, const QByteArray &defaultValue)
{
    if (m_context.knownKeys)
        m_context.knownKeys->push_back({pathOf(key), type, defaultValue});
    return m_context.knownKeys != nullptr;
}

SectionReader::Variable SectionReader::variableOf(QByteArrayView key) const
{
    if (!m_variable)
        return std::nullopt;
    return m_variable->isEmpty() ? variablePart(key) : *m_variable + '_' + variablePart(key);
}

std::optional<Scalar> SectionReader::overrideOf(QByteArrayView key) const
{
    const Variable variable = variableOf(key);
    const std::optional<QByteArray> value = variable ? m_context.environment.value(*variable) : std::nullopt;
    if (!value || value->isEmpty())
        return std::nullopt;
    Scalar scalar;
    scalar.text = *value;
    scalar.place = Place{pathOf(key), {}, *variable};
    return scalar;
}

std::optional<Scalar> SectionReader::scalar(QByteArrayView key, const QByteArray &expected)
{
    const YamlEntry *entry = take(key);
    if (std::optional<Scalar> overriding = overrideOf(key))
        return overriding;
    if (!entry)
        return std::nullopt;
    if (entry->value.kind == YamlNode::Kind::Scalar)
        return expandScalar(m_context, entry->value, placeOf(key));
    m_context.error(placeOf(key), wrongKind(expected, entry->value));
    return std::nullopt;
}

std::vector<Scalar> SectionReader::scalars(QByteArrayView key, const QByteArray &expected)
{
    const YamlEntry *entry = take(key);
    if (const std::optional<Scalar> overriding = overrideOf(key))
        return splitScalar(*overriding);
    if (!entry)
        return {};
    if (entry->value.kind == YamlNode::Kind::Scalar)
        return splitScalar(expandScalar(m_context, entry->value, placeOf(key)));
    if (entry->value.kind == YamlNode::Kind::Map) {
        m_context.error(filePlaceOf(key), wrongKind(expected, entry->value));
        return {};
    }
    std::vector<Scalar> result;
    for (size_t i = 0; i < entry->value.items.size(); ++i) {
        const YamlNode &item = entry->value.items[i];
        const Place place{pathOfItem(pathOf(key), i), item.position};
        if (item.kind == YamlNode::Kind::Scalar)
            result.push_back(expandScalar(m_context, item, place));
        else
            m_context.error(place, wrongKind("a single value", item));
    }
    return result;
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

const YamlNode *SectionReader::mapOrNull(const YamlNode &node, const Place &place)
{
    if (node.kind == YamlNode::Kind::Map)
        return &node;
    if (node.kind != YamlNode::Kind::Null)
        m_context.error(place, wrongKind("a map (`key: value` lines)", node));
    return nullptr;
}

void SectionReader::reportTwins(const YamlNode &map, const QByteArray &path)
{
    for (auto entry = map.entries.begin(); entry != map.entries.end(); ++entry) {
        const auto twin = std::find_if(map.entries.begin(), entry, [&](const YamlEntry &earlier) {
            return earlier.key.compare(entry->key, Qt::CaseInsensitive) == 0;
        });
        if (twin != entry) {
            m_context.error(Place{pathOfKey(path, entry->key), entry->position},
                            "this is the same key as `" + twin->key + "` in line " +
                                QByteArray::number(twin->position.line) + " (case does not count); remove one of them");
        }
    }
}

} // namespace lunargate
