// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config_problem.h"
#include "gateway/config/yaml_lines.h"

#include <yaml-cpp/eventhandler.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lunargate {

/// Builds a tree of YamlNode from yaml-cpp's events; one for each document. Throws YAML::ParserException for what
/// cannot be a tree, so it runs inside the same try block as the parser.
class YamlTreeBuilder final : public YAML::EventHandler
{
public:
    YamlTreeBuilder(const YamlLines &lines, const QByteArray &fileName, std::vector<ConfigProblem> &problems);

    YamlNode takeRoot() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark &mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &value) override;
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { closeCollection(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override;

private:
    /// What becomes of the value that follows a key.
    enum class ValueUse { Entry, Merge, None };

    /// A list or map that is not complete yet.
    struct Frame
    {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        std::optional<YamlEntry> pending; ///< the key whose value comes next
        ValueUse use = ValueUse::Entry;
        std::optional<YamlEntry> merge; ///< the `<<` entry
    };

    void openCollection(YamlNode::Kind kind, const YAML::Mark &mark, YAML::anchor_t anchor);
    void closeCollection();
    /// `isPlain`: written without quotes, as a merge key must be.
    void add(YamlNode node, YAML::anchor_t anchor, bool isPlain = false);
    void addKey(Frame &frame, const YamlNode &node, bool isMerge);
    void addValue(Frame &frame, YamlNode node);
    void merge(Frame &frame, const YamlNode &source);
    void countNode(const YAML::Mark &mark, size_t count);
    void report(YamlPosition position, const QByteArray &path, const QByteArray &message);
    QByteArray path() const;

    const YamlLines &m_lines;
    const QByteArray &m_fileName;
    std::vector<ConfigProblem> &m_problems;
    YamlNode m_root;
    std::vector<Frame> m_open;
    std::map<YAML::anchor_t, YamlNode> m_anchors;
    size_t m_nodes = 0;
};

} // namespace lunargate
