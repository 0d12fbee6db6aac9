// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/answers.h"

#include <charconv>
#include <format>

namespace lunargate::bench {

namespace {

// FNV-1a, 32 bits: enough to notice a changed digit.
std::uint32_t checksum(std::string_view text)
{
    std::uint32_t hash = 2166136261U;
    for (const char letter : text)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 16777619U;
    return hash;
}

template <typename Number>
bool takeNumber(std::string_view &text, Number &value)
{
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc())
        return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' '))
        text.remove_prefix(1);
    return true;
}

} // namespace

std::string_view completionText()
{
    static const std::string text = [] {
        std::string result;
        for (int line = 1; line <= 14; ++line)
            result += std::format("Line {:02} of the answer that the load generator expects. ", line);
        return result;
    }();
    return text;
}

std::uint64_t requestNumber(std::string_view body)
{
    const std::size_t mark = body.find(kNumberMark);
    std::uint64_t number = 0;
    if (mark != std::string_view::npos) {
        std::string_view digits = body.substr(mark + kNumberMark.size());
        takeNumber(digits, number);
    }
    return number;
}

std::string ChunkStamp::toText() const
{
    const std::string stamp = std::format("{} {} {}", sequence, sentNanoseconds, request);
    return std::format("{} {}{}", stamp, checksum(stamp), kChunkTail);
}

std::optional<ChunkStamp> ChunkStamp::fromText(std::string_view text)
{
    ChunkStamp stamp;
    std::string_view rest = text;
    if (!takeNumber(rest, stamp.sequence) || !takeNumber(rest, stamp.sentNanoseconds) ||
        !takeNumber(rest, stamp.request) || stamp.toText() != text)
        return std::nullopt;
    return stamp;
}

} // namespace lunargate::bench
