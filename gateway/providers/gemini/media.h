// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"
#include "gateway/json/text_writer.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace lunargate::gemini {

/// Bytes that are sent with the request: a Blob of the Gemini API.
struct Media
{
    QByteArray mediaType;
    QByteArray base64;
};

/// The image, sound, video or file of a part. `place` names the part in error texts. Fails with InvalidRequest for what
/// is not in the request itself (the gateway fetches nothing), or is no media at all.
Result<Media> mediaOf(const ContentPart &part, const QByteArray &place, const QByteArray &providerId);

/// Writes the member `inlineData` of a part.
void writeInlineData(json::TextWriter &json, const Media &media);

/// How media in an answer are told to a client, which has a text only: Markdown with a data URL.
QByteArray markdownOf(QByteArrayView mediaType, QByteArrayView base64);

/// The next picture of that form in `text` from `from` on.
struct FoundImage
{
    qsizetype begin = 0; ///< in bytes
    qsizetype end = 0;
    Media media;
};
std::optional<FoundImage> findMarkdownImage(QByteArrayView text, qsizetype from);

} // namespace lunargate::gemini
