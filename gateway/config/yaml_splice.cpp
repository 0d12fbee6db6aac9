// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_splice.h"

#include "gateway/config/yaml_model.h"
#include "gateway/config/yaml_placement.h"
#include "gateway/config/yaml_reader.h"
#include "gateway/config/yaml_span.h"

#include <algorithm>
#include <optional>
#include <ranges>

namespace lunargate {

namespace {

using Kind = YamlSpan::Kind;
using Problem = std::optional<YamlSpliceError>;

/// One change of a text: found, made, and held against what it should be.
class Splicing
{
public:
    explicit Splicing(QByteArrayView text) : m_text(text) {}

    YamlSpliced setScalar(const YamlPath &path, const YamlValue &scalar)
    {
        const YamlEdit edit{.path = path, .value = scalar, .kind = YamlEdit::Kind::Set};
        return run(edit, [&] {
            if (m_rest != 0)
                return addRest(edit);
            const YamlSpan &node = *m_holders.back().node;
            if (node.kind == Kind::List || node.kind == Kind::Map)
                return problem(node.begin, nameOf(path) + " is not a single value");
            return placed(placeScalar(m_text, m_spans, m_holders.back(), scalar));
        });
    }

    YamlSpliced addEntry(const YamlPath &path, const YamlValue &value)
    {
        const YamlEdit edit{.path = path, .value = value, .kind = YamlEdit::Kind::Set};
        return run(edit, [&] {
            return m_rest == 0 ? problem(m_holders.back().node->begin, nameOf(path) + " is there already")
                               : addRest(edit);
        });
    }

    YamlSpliced addItem(const YamlPath &path, std::size_t index, const YamlValue &item)
    {
        const YamlEdit edit{.path = path, .value = item, .kind = YamlEdit::Kind::Insert, .index = index};
        return run(edit, [&] {
            const YamlHolder &holder = m_holders.back();
            if (m_rest != 0)
                return addRest(edit);
            if (holder.node->kind == Kind::Null)
                return placed(placeFirst(m_text, m_spans, holder, YamlValue::ofList({item})));
            if (holder.node->kind != Kind::List)
                return problem(holder.node->begin, nameOf(path) + " is not a list");
            return placed(placeItem(m_text, m_spans, holder, index, item));
        });
    }

private:
    template <typename Place>
    YamlSpliced run(const YamlEdit &edit, const Place &place)
    {
        if (const Problem unreadable = read())
            return std::unexpected(*unreadable);
        if (const Problem unreachable = walk(edit.path))
            return std::unexpected(*unreachable);
        if (const Problem misplaced = place())
            return std::unexpected(*misplaced);
        return check(edit);
    }

    Problem problem(qsizetype at, const QByteArray &reason) const
    {
        return YamlSpliceError{.line = lineOf(at), .reason = reason};
    }
    int lineOf(qsizetype at) const { return static_cast<int>(m_text.first(at).count('\n')) + 1; }

    Problem read()
    {
        YamlReading reading = readYaml(m_text, {});
        const auto error =
            std::ranges::find(reading.problems, ConfigProblem::Severity::Error, &ConfigProblem::severity);
        if (error != reading.problems.end())
            return YamlSpliceError{.line = error->line, .reason = error->message};
        m_model = *std::move(reading.root);
        auto spans = readYamlSpans(m_text);
        if (!spans)
            return problem(spans.error(), "this is written in a way that only its author can change");
        m_spans = *std::move(spans);
        collectAliases(m_spans);
        return std::nullopt;
    }

    void collectAliases(const YamlSpan &node)
    {
        if (node.kind == Kind::Alias)
            m_aliases.push_back(&node);
        for (const YamlSpan &item : node.items)
            collectAliases(item);
        for (const YamlSpanEntry &entry : node.entries) {
            collectAliases(entry.key);
            collectAliases(entry.value);
        }
    }

    /// Goes as far as there is something, and leaves the number of steps that are missing in m_rest.
    Problem walk(const YamlPath &path)
    {
        m_holders = {YamlHolder{.node = &m_spans}};
        for (std::size_t step = 0;; ++step) {
            m_rest = path.size() - step;
            const YamlHolder &holder = m_holders.back();
            if (const Problem shared = checkUnshared(*holder.node))
                return shared;
            if (m_rest == 0 || holder.node->kind == Kind::Null)
                return std::nullopt;
            const YamlPath here(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(step));
            const bool isKey = std::holds_alternative<QByteArray>(path[step]);
            if (holder.node->kind != (isKey ? Kind::Map : Kind::List))
                return problem(holder.node->begin, nameOf(here) + (isKey ? " is not a map" : " is not a list"));
            const std::optional<YamlHolder> next = stepInto(m_text, holder, path[step]);
            const YamlPath there(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(step) + 1);
            if (!next && !isKey)
                return problem(holder.node->begin, nameOf(there) + " is not there");
            if (!next && findYaml(m_model, there))
                return problem(holder.node->begin, nameOf(there) + " comes from another map, which is merged by <<");
            if (!next)
                return std::nullopt;
            m_holders.push_back(*next);
        }
    }

    Problem checkUnshared(const YamlSpan &node) const
    {
        if (node.kind == Kind::Alias)
            return problem(node.begin, "this is an alias; change what it stands for");
        const auto user =
            std::ranges::find(m_aliases, node.anchor, [](const YamlSpan *alias) { return alias->anchor; });
        if (node.anchor == 0 || user == m_aliases.end())
            return std::nullopt;
        return problem(node.begin,
                       "this counts also in line " + QByteArray::number(lineOf((*user)->begin)) + ", by an alias");
    }

    /// Makes what is missing on the way to the end of the path.
    Problem addRest(const YamlEdit &edit)
    {
        YamlValue value = edit.kind == YamlEdit::Kind::Insert ? YamlValue::ofList({edit.value}) : edit.value;
        const std::size_t known = edit.path.size() - m_rest;
        for (std::size_t step = edit.path.size(); step > known; --step) {
            const auto *key = std::get_if<QByteArray>(&edit.path[step - 1]);
            if (!key)
                return problem(m_holders.back().node->begin, nameOf(edit.path) + " is not there");
            value = YamlValue::ofMap({{*key, std::move(value)}});
        }
        const YamlHolder &holder = m_holders.back();
        if (holder.node->kind == Kind::Null)
            return placed(placeFirst(m_text, m_spans, holder, value));
        return placed(placeEntry(m_text, m_spans, holder, value.entries.front()));
    }

    Problem placed(YamlPlacement placement)
    {
        if (!placement)
            return problem(placement.error().at, placement.error().reason);
        m_changes = *std::move(placement);
        return std::nullopt;
    }

    YamlSpliced check(const YamlEdit &edit) const
    {
        QByteArray changed = m_text.toByteArray();
        std::ranges::for_each(m_changes | std::views::reverse, [&](const YamlChange &change) {
            changed.replace(change.begin, change.end - change.begin, change.text);
        });
        YamlNode wanted = m_model;
        applyYamlEdit(wanted, edit);
        const YamlReading reading = readYaml(changed, {});
        if (!reading.root || !isSameYaml(*reading.root, wanted)) {
            return std::unexpected(*problem(m_changes.front().begin, "what is written here allows no change that "
                                                                     "leaves all the rest as it is"));
        }
        return changed;
    }

    QByteArrayView m_text;
    YamlNode m_model;
    YamlSpan m_spans;
    std::vector<const YamlSpan *> m_aliases;
    std::vector<YamlHolder> m_holders; // from the root to the last one on the path that is there
    std::size_t m_rest = 0;
    std::vector<YamlChange> m_changes;
};

} // namespace

QByteArray YamlSpliceError::toText() const
{
    return line > 0 ? "line " + QByteArray::number(line) + ": " + reason : reason;
}

YamlSpliced spliceScalar(QByteArrayView text, const YamlPath &path, const YamlValue &scalar)
{
    return Splicing(text).setScalar(path, scalar);
}

YamlSpliced spliceEntry(QByteArrayView text, const YamlPath &path, const YamlValue &value)
{
    return Splicing(text).addEntry(path, value);
}

YamlSpliced spliceItem(QByteArrayView text, const YamlPath &path, std::size_t index, const YamlValue &item)
{
    return Splicing(text).addItem(path, index, item);
}

} // namespace lunargate
