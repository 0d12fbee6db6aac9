// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/grounding.h"

#include "gateway/json/text_writer.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

// Far more than any answer has: hostile ones must not make the gateway search and write without end.
constexpr size_t kMostSupports = 500;
constexpr size_t kMostCitations = 1000;

qsizetype characters(QByteArrayView text)
{
    return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

struct Span
{
    qsizetype begin = 0;
    qsizetype end = 0;
};

// Which text the offsets belong to differs between whole answers, their parts and streams; the quoted text does not.
Span spanOf(json::Value segment, QByteArrayView text)
{
    const QByteArrayView quoted = segment["text"].string();
    const qsizetype start = std::clamp<qsizetype>(segment["startIndex"].integer().value_or(0), 0, text.size());
    if (quoted.isEmpty())
        return {start, std::clamp<qsizetype>(segment["endIndex"].integer().value_or(0), start, text.size())};
    if (text.sliced(start).startsWith(quoted))
        return {start, start + quoted.size()};
    const qsizetype found = text.indexOf(quoted);
    return found < 0 ? Span{} : Span{found, found + quoted.size()};
}

} // namespace

void Grounding::read(json::Value groundingMetadata)
{
    std::vector<Page> pages;
    for (const json::Value chunk : groundingMetadata["groundingChunks"].elements())
        pages.push_back({chunk["web"]["uri"].toByteArray(), chunk["web"]["title"].toByteArray()});
    if (pages.empty())
        return;
    m_citations.clear();
    const json::Value supports = groundingMetadata["groundingSupports"];
    if (supports.size() == 0) { // nothing says for what: then they stand for the whole answer
        for (const Page &page : pages)
            add({0, m_text.size(), page});
    }
    size_t count = 0;
    for (const json::Value support : supports.elements()) {
        if (++count <= kMostSupports)
            cite(support, pages);
    }
}

void Grounding::cite(json::Value support, const std::vector<Page> &pages)
{
    const Span span = spanOf(support["segment"], m_text);
    if (span.begin == span.end)
        return;
    for (const json::Value index : support["groundingChunkIndices"].elements()) {
        const qint64 at = index.integer().value_or(-1);
        if (at >= 0 && at < std::ssize(pages))
            add({span.begin, span.end, pages[static_cast<size_t>(at)]});
    }
}

void Grounding::add(Citation citation)
{
    if (!citation.page.url.isEmpty() && m_citations.size() < kMostCitations)
        m_citations.push_back(std::move(citation));
}

std::vector<QByteArray> Grounding::annotations() const
{
    std::vector<Citation> sorted = m_citations;
    std::ranges::stable_sort(sorted, {}, &Citation::begin);
    std::vector<QByteArray> annotations;
    annotations.reserve(sorted.size());
    qsizetype bytes = 0;
    qsizetype before = 0; // characters in them
    for (const Citation &citation : sorted) {
        before += characters(QByteArrayView(m_text).sliced(bytes, citation.begin - bytes));
        bytes = citation.begin;
        const qsizetype length = characters(QByteArrayView(m_text).sliced(bytes, citation.end - bytes));
        json::TextWriter json;
        json.beginObject().member("type", "url_citation").key("url_citation").beginObject();
        json.member("start_index", before).member("end_index", before + length);
        json.member("url", citation.page.url).member("title", citation.page.title);
        json.endObject().endObject();
        annotations.push_back(std::move(json).text());
    }
    return annotations;
}

} // namespace lunargate::gemini
