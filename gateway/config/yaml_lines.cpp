// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_lines.h"

#include <algorithm>

namespace lunargate {

YamlLines::YamlLines(QByteArrayView text) : m_text(text)
{
    m_starts.push_back(0);
    for (qsizetype end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1))
        m_starts.push_back(end + 1);
}

YamlPosition YamlLines::position(const YAML::Mark &mark) const
{
    if (mark.line < 0 || static_cast<size_t>(mark.line) >= m_starts.size())
        return {};
    const QByteArrayView rest = m_text.sliced(m_starts[static_cast<size_t>(mark.line)]);
    const QByteArrayView before = rest.first(std::clamp<qsizetype>(mark.column, 0, rest.size()));
    // UTF-8: every byte but 10xxxxxx begins a character.
    const auto characters =
        std::ranges::count_if(before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    return {mark.line + 1, static_cast<int>(characters) + 1};
}

} // namespace lunargate
