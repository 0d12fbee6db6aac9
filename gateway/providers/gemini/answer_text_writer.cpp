// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/answer_text_writer.h"

#include "gateway/providers/gemini/media.h"

namespace lunargate::gemini {

namespace {

using Role = TurnWriter::Role;

void writeSigned(json::TextWriter &json, TurnWriter &turns, QByteArrayView text, const QByteArray &signature)
{
    turns.enter(Role::Model);
    json.beginObject();
    const std::optional<FoundImage> image = findMarkdownImage(text, 0);
    if (image && image->begin == 0 && image->end == text.size())
        writeInlineData(json, image->media);
    else
        json.member("text", text);
    json.member("thoughtSignature", signature).endObject();
}

// Pictures as pictures, not as thousands of letters.
void writeUnsigned(TurnWriter &turns, QByteArrayView text)
{
    qsizetype at = 0;
    while (const std::optional<FoundImage> image = findMarkdownImage(text, at)) {
        turns.text(Role::Model, text.sliced(at, image->begin - at));
        turns.media(Role::Model, image->media);
        at = image->end;
    }
    turns.text(Role::Model, text.sliced(at));
}

} // namespace

void writeAnswerText(json::TextWriter &json, TurnWriter &turns, QByteArrayView text,
                     const std::vector<TextSignature> &signatures)
{
    qsizetype at = 0;
    std::vector<QByteArray> homeless;
    for (const TextSignature &signature : signatures) {
        if (!signature.fits(text, at)) {
            homeless.push_back(signature.signature);
            continue;
        }
        writeUnsigned(turns, text.sliced(at, signature.begin - at));
        writeSigned(json, turns, text.sliced(signature.begin, signature.end - signature.begin), signature.signature);
        at = signature.end;
    }
    writeUnsigned(turns, text.sliced(at));
    // As Gemini sends it at the end of a stream: a part of its own, so that it signs no text that is not its own.
    for (const QByteArray &signature : homeless)
        writeSigned(json, turns, {}, signature);
}

} // namespace lunargate::gemini
