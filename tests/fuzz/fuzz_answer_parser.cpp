// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/answer_parser.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using namespace lunargate;

QByteArray described(QByteArrayView bytes, qsizetype size)
{
    AnswerParser parser(false);
    fuzz::feedPieces(bytes, size, [&parser](QByteArrayView piece) { return parser.feed(piece) == piece.size(); });
    const bool wasComplete = parser.state() == AnswerParser::State::Complete;
    parser.end();
    const bool endsWithConnection = !wasComplete && parser.state() == AnswerParser::State::Complete;
    const bool isRefused =
        parser.state() == AnswerParser::State::Invalid || parser.state() == AnswerParser::State::TooLarge;
    QByteArray text = isRefused ? "refused" : "taken";
    text += parser.state() == AnswerParser::State::Complete ? " complete" : " open";
    text += parser.keepsConnection() ? " kept" : "";
    if (!parser.hasHead() || isRefused)
        return text;
    const UpstreamHead head = parser.takeHead();
    fuzz::require(head.status >= 200, "an informational answer is no answer");
    fuzz::require(!endsWithConnection || !head.headers.contains("Transfer-Encoding"), "no framing is taken for a body");
    text += ' ' + QByteArray::number(head.status);
    for (const HeaderList::Field &field : head.headers) {
        fuzz::require(!field.name.isEmpty() && !field.value.contains('\r') && !field.value.contains('\n') &&
                          !field.value.contains('\0'),
                      "no header can be taken for more than one");
        text += '\n' + field.name.toHex() + ' ' + field.value.toHex();
    }
    return text + '\n' + parser.takeBody().toHex();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz::requireSameAtAnySplit(fuzz::view(data, size), described);
    return 0;
}
