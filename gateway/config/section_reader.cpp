// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/section_reader.h"

#include "gateway/config/nearest_name.h"

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

void SectionReader::named(QByteArrayView key, const ReadNamed &readItem)
{
    section(key, [&](SectionReader &map) { map.each("<id>", readItem); });
}

void SectionReader::each(const QByteArray &placeholder, const ReadNamed &readItem)
{
    if (isDescribing()) {
        SectionReader reader(m_context, nullptr, Place{pathOf(placeholder), {}}, std::nullopt);
        return readItem(placeholder, reader);
    }
    if (!m_node)
        return;
    for (const YamlEntry &item : m_node->entries) {
        m_known.push_back(item.key);
        const Place place{pathOf(item.key), item.position};
        SectionReader reader(m_context, mapOrNull(item.value, place), place, variableOf(item.key));
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
            nearest.isEmpty() ? "the keys here are: " + listOfNames(m_known) : "did you mean `" + nearest + "`?";
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

std::vector<Scalar> SectionReader::scalars(QByteArrayView key, const QByteArray &expected, Blank blank)
{
    const YamlEntry *entry = take(key);
    if (const std::optional<Scalar> overriding = overrideOf(key))
        return splitScalar(*overriding, blank);
    if (!entry)
        return {};
    if (entry->value.kind == YamlNode::Kind::Scalar)
        return splitScalar(expandScalar(m_context, entry->value, placeOf(key)), blank);
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
