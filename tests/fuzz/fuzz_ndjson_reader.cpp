// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/ndjson_reader.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using namespace lunargate;

// Small, so that the limit is met too.
constexpr qsizetype kMaxLineBytes = 64;

QByteArray described(QByteArrayView bytes, qsizetype size)
{
    NdjsonReader reader(kMaxLineBytes);
    std::vector<QByteArray> lines;
    const bool fits = fuzz::feedPieces(bytes, size, [&](QByteArrayView piece) { return reader.feed(piece, lines); });
    if (std::optional<QByteArray> last = fits ? reader.finish() : std::nullopt)
        lines.push_back(*std::move(last));
    QByteArray text = fits ? "fits" : "too large";
    for (const QByteArray &line : lines) {
        fuzz::require(!line.contains('\n') && line.size() <= kMaxLineBytes, "a line is one line, and not too long");
        text += '\n' + line.toHex();
    }
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::requireSameAtAnySplit(fuzz::view(data, size), described);
    return 0;
}
