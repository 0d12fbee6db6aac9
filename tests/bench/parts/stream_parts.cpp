// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/ndjson_reader.h"
#include "gateway/upstream/sse_reader.h"
#include "tests/bench/parts/part.h"
#include "tests/bench/parts/provider_streams.h"

namespace lunargate::bench {

namespace {

constexpr qsizetype kMaxEventBytes = 1024 * 1024;
// Of a stream that comes slowly, as a provider's packets split it: not where events end.
constexpr qsizetype kPieceBytes = 100;

template <typename Reader, typename Item>
Part::Work readPieces(const QByteArray &stream, qsizetype size)
{
    return [stream, size] {
        Reader reader(kMaxEventBytes);
        std::vector<Item> items;
        qsizetype count = 0;
        for (qsizetype at = 0; at < stream.size(); at += size) {
            reader.feed(QByteArrayView(stream).sliced(at, std::min(size, stream.size() - at)), items);
            count += qsizetype(items.size());
            items.clear();
        }
        return count;
    };
}

Part::Work readEvents(qsizetype size)
{
    const QByteArray stream = streamOf(openAiProtocol());
    return readPieces<SseReader, SseEvent>(stream, std::min(size, stream.size()));
}

Part::Work readLines(qsizetype size)
{
    const QByteArray stream = streamOf(ollamaProtocol());
    return readPieces<NdjsonReader, QByteArray>(stream, std::min(size, stream.size()));
}

} // namespace

std::vector<Part> streamParts()
{
    constexpr qsizetype kWhole = 64 * 1024 * 1024;
    return {
        {"sse/whole", 50, [] { return readEvents(kWhole); }},
        {"sse/pieces", 50, [] { return readEvents(kPieceBytes); }},
        {"ndjson/whole", 50, [] { return readLines(kWhole); }},
        {"ndjson/pieces", 50, [] { return readLines(kPieceBytes); }},
    };
}

} // namespace lunargate::bench
