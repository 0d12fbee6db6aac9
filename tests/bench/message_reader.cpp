// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/message_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace lunargate::bench {

namespace {

constexpr std::string_view endOfHead = "\r\n\r\n";
constexpr std::size_t longestHead = 64 * 1024;

char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool equalsLower(std::string_view text, std::string_view lowerCase)
{
    return std::ranges::equal(text, lowerCase, {}, lower);
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::uint64_t> number(std::string_view text, int base)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
}

} // namespace

std::size_t MessageReader::take(std::string_view input)
{
    std::size_t taken = 0;
    while (taken < input.size() && (m_state == State::Head || m_state == State::Body)) {
        const std::string_view rest = input.substr(taken);
        if (m_state == State::Head)
            taken += takeHead(rest);
        else
            taken += m_isChunked ? takeChunked(rest) : takeSized(rest);
    }
    return taken;
}

std::size_t MessageReader::takeHead(std::string_view input)
{
    const std::size_t before = m_head.size();
    m_head.append(input.substr(0, longestHead));
    const std::size_t searchFrom = before < endOfHead.size() ? 0 : before - endOfHead.size();
    const std::size_t end = m_head.find(endOfHead, searchFrom);
    if (end == std::string::npos) {
        if (m_head.size() > longestHead)
            m_state = State::Invalid;
        return m_head.size() - before;
    }
    m_head.resize(end + endOfHead.size());
    const std::size_t taken = m_head.size() - before;
    beginBody();
    return taken;
}

void MessageReader::beginBody()
{
    m_isChunked = equalsLower(header("transfer-encoding"), "chunked");
    m_chunkState = ChunkState::Size;
    m_state = State::Body;
    if (m_isChunked)
        return;
    const std::string_view length = header("content-length");
    const std::optional<std::uint64_t> bytes = length.empty() ? 0 : number(length, 10);
    if (!bytes) {
        m_state = State::Invalid;
        return;
    }
    m_left = *bytes;
    m_body.reserve(m_left);
    if (m_left == 0)
        m_state = State::Complete;
}

std::size_t MessageReader::takeSized(std::string_view input)
{
    const std::string_view piece = input.substr(0, m_left);
    m_body.append(piece);
    m_left -= piece.size();
    if (m_left == 0)
        m_state = State::Complete;
    return piece.size();
}

std::size_t MessageReader::takeChunked(std::string_view input)
{
    if (m_chunkState != ChunkState::Data)
        return takeLine(input);
    const std::string_view piece = input.substr(0, m_left);
    m_body.append(piece);
    m_left -= piece.size();
    if (m_left == 0)
        m_chunkState = ChunkState::DataEnd;
    return piece.size();
}

std::size_t MessageReader::takeLine(std::string_view input)
{
    const std::size_t newline = input.find('\n');
    const std::string_view piece = input.substr(0, newline == std::string_view::npos ? newline : newline + 1);
    m_line.append(piece);
    if (m_line.size() > longestHead)
        m_state = State::Invalid;
    if (newline != std::string_view::npos)
        endOfLine();
    return piece.size();
}

void MessageReader::endOfLine()
{
    const bool isEmpty = m_line == "\r\n";
    switch (m_chunkState) {
    case ChunkState::Size:
        if (const auto size = number(m_line, 16)) {
            m_left = *size;
            m_chunkState = m_left == 0 ? ChunkState::Trailer : ChunkState::Data;
        } else {
            m_state = State::Invalid;
        }
        break;
    case ChunkState::DataEnd:
        m_chunkState = ChunkState::Size;
        if (!isEmpty)
            m_state = State::Invalid;
        break;
    case ChunkState::Trailer:
        if (isEmpty)
            m_state = State::Complete;
        break;
    case ChunkState::Data:
        break;
    }
    m_line.clear();
}

std::string_view MessageReader::startLine() const
{
    return std::string_view(m_head).substr(0, m_head.find("\r\n"));
}

int MessageReader::status() const
{
    const std::string_view line = startLine();
    const std::size_t space = line.find(' ');
    if (!line.starts_with("HTTP/1.") || space == std::string_view::npos)
        return 0;
    return static_cast<int>(number(line.substr(space + 1, 3), 10).value_or(0));
}

std::string_view MessageReader::header(std::string_view name) const
{
    std::string_view rest = std::string_view(m_head).substr(std::min(m_head.size(), startLine().size() + 2));
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        const std::size_t colon = line.find(':');
        if (colon == name.size() && equalsLower(line.substr(0, colon), name))
            return trimmed(line.substr(colon + 1));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    }
    return {};
}

void MessageReader::reset()
{
    m_state = State::Head;
    m_head.clear();
    m_line.clear();
    m_body.clear();
}

} // namespace lunargate::bench
