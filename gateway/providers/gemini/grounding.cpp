// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/grounding.h"

#include "gateway/json/text_writer.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

// Hostile answers must not make the gateway write more than was read.
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
    const json::Value chunks = groundingMetadata["groundingChunks"];
    if (chunks.size() == 0)
        return;
    m_citations.clear();
    const json::Value supports = groundingMetadata["groundingSupports"];
    for (const json::Value support : supports.elements())
        cite(support, chunks);
    if (supports.size() > 0)
        return;
    // Nothing says for what: then they stand for the whole answer.
    for (const json::Value chunk : chunks.elements()) {
        const json::Value web = chunk["web"];
        if (m_citations.size() < kMostCitations)
            m_citations.push_back({0, m_text.size(), web["uri"].toByteArray(), web["title"].toByteArray()});
    }
}

void Grounding::cite(json::Value support, json::Value chunks)
{
    const Span span = spanOf(support["segment"], m_text);
    if (span.begin == span.end)
        return;
    for (const json::Value index : support["groundingChunkIndices"].elements()) {
        const json::Value web = chunks.at(static_cast<size_t>(index.integer().value_or(-1)))["web"];
        if (!web["uri"].string().isEmpty() && m_citations.size() < kMostCitations)
            m_citations.push_back({span.begin, span.end, web["uri"].toByteArray(), web["title"].toByteArray()});
    }
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
        json.member("url", citation.url).member("title", citation.title);
        json.endObject().endObject();
        annotations.push_back(std::move(json).text());
    }
    return annotations;
}

} // namespace lunargate::gemini
