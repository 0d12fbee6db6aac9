// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/passthrough/form_field_finder.h"
#include "gateway/dialects/passthrough/form_headers.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using namespace lunargate;
using passthrough::FormFieldFinder;

QByteArray described(QByteArrayView bytes, qsizetype size)
{
    FormFieldFinder finder("b", "model");
    const bool isGood =
        fuzz::feedPieces(bytes, size, [&](QByteArrayView piece) { return finder.feed(piece).has_value(); });
    if (!isGood)
        return "refused"; // for which of several reasons depends on what came together
    QByteArray text = finder.finish() ? "whole" : "open";
    if (const auto &field = finder.field()) {
        fuzz::require(field->place.of(bytes) == field->value, "the value stands at its place");
        fuzz::require(field->value.size() <= 1024, "no value is over the limit");
        text += ' ' + field->value.toHex();
    }
    return text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView bytes = fuzz::view(data, size);
    fuzz::requireSameAtAnySplit(bytes, described);
    const QByteArray boundary = passthrough::boundaryOf("multipart/form-data" + bytes.toByteArray());
    fuzz::require(!boundary.contains('\n') && boundary.size() <= 70, "a boundary is a short line");
    return 0;
}
