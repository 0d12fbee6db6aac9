// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/sse_reader.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using namespace lunargate;

// Small, so that the limit is met too.
constexpr qsizetype kMaxEventBytes = 64;

QByteArray described(QByteArrayView bytes, qsizetype size)
{
    SseReader reader(kMaxEventBytes);
    std::vector<SseEvent> events;
    const bool fits = fuzz::feedPieces(bytes, size, [&](QByteArrayView piece) { return reader.feed(piece, events); });
    if (std::optional<SseEvent> last = fits ? reader.finish() : std::nullopt)
        events.push_back(*std::move(last));
    QByteArray text = fits ? "fits" : "too large";
    for (const SseEvent &event : events) {
        fuzz::require(event.data.size() <= kMaxEventBytes, "no event is over the limit");
        text += (event.isComment ? "\ncomment " : "\nevent ") + event.type + ' ' + event.data.toHex();
    }
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::requireSameAtAnySplit(fuzz::view(data, size), described);
    return 0;
}
