// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/ndjson_reader.h"

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

bool isBlank(QByteArrayView line)
{
    return std::ranges::all_of(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
}

} // namespace

bool NdjsonReader::feed(QByteArrayView bytes, std::vector<QByteArray> &lines)
{
    while (!bytes.isEmpty()) {
        const qsizetype lineFeed = bytes.indexOf('\n');
        const QByteArrayView piece = lineFeed < 0 ? bytes : bytes.first(lineFeed);
        if (m_line.size() + piece.size() > m_maxLineBytes)
            return false;
        m_line.append(piece);
        if (lineFeed < 0)
            break;
        if (std::optional<QByteArray> line = finish())
            lines.push_back(*std::move(line));
        bytes = bytes.sliced(lineFeed + 1);
    }
    return true;
}

std::optional<QByteArray> NdjsonReader::finish()
{
    QByteArray line = std::exchange(m_line, {});
    if (isBlank(line))
        return std::nullopt;
    if (line.endsWith('\r'))
        line.chop(1);
    return line;
}

} // namespace lunargate
