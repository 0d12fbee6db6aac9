// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_shape.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <span>
#include <spanstream>
#include <string>
#include <utility>

namespace lunargate {

namespace {

using Kind = YamlSpan::Kind;

/// Takes over what there is, in its order.
class ShapeBuilder final : public YAML::EventHandler
{
public:
    YamlSpan takeRoot() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark &) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &, YAML::anchor_t anchor) override { add({.kind = Kind::Null, .anchor = anchor}); }
    void OnAlias(const YAML::Mark &, YAML::anchor_t anchor) override { add({.kind = Kind::Alias, .anchor = anchor}); }
    void OnScalar(const YAML::Mark &, const std::string &, YAML::anchor_t anchor, const std::string &value) override
    {
        add({.kind = Kind::Scalar, .anchor = anchor, .text = QByteArray::fromStdString(value)});
    }
    void OnSequenceStart(const YAML::Mark &, const std::string &, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override
    {
        open(Kind::List, anchor, style);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &, const std::string &, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override
    {
        open(Kind::Map, anchor, style);
    }
    void OnMapEnd() override { close(); }

private:
    /// A list or map that is not complete yet.
    struct Frame
    {
        YamlSpan node;
        std::optional<YamlSpan> key; ///< whose value comes next
    };

    void open(Kind kind, YAML::anchor_t anchor, YAML::EmitterStyle::value style)
    {
        m_open.push_back({.node = {.kind = kind, .isFlow = style == YAML::EmitterStyle::Flow, .anchor = anchor}});
    }
    void close()
    {
        YamlSpan node = std::move(m_open.back().node);
        m_open.pop_back();
        add(std::move(node));
    }
    void add(YamlSpan node)
    {
        if (m_open.empty()) {
            m_root = std::move(node);
            return;
        }
        Frame &frame = m_open.back();
        if (frame.node.kind == Kind::List)
            frame.node.items.push_back(std::move(node));
        else if (!frame.key)
            frame.key = std::move(node);
        else
            frame.node.entries.push_back({.key = *std::exchange(frame.key, std::nullopt), .value = std::move(node)});
    }

    YamlSpan m_root;
    std::vector<Frame> m_open;
};

} // namespace

std::optional<YamlSpan> readYamlShape(QByteArrayView text)
{
    std::ispanstream stream(std::span(text.data(), static_cast<size_t>(text.size())));
    ShapeBuilder builder;
    try {
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
    } catch (const YAML::Exception &) {
        return std::nullopt;
    }
    return builder.takeRoot();
}

} // namespace lunargate
