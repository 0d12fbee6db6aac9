// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/media.h"

#include "gateway/chat/data_url.h"
#include "gateway/chat/invalid_value.h"
#include "gateway/chat/parameter_use.h"

namespace lunargate::gemini {

namespace {

constexpr QByteArrayView kImageStart = "![image](data:image/";

// What the first bytes say, in base64, where a client names no type.
QByteArray guessedType(QByteArrayView base64)
{
    struct Signature
    {
        QByteArrayView start;
        QByteArrayView mediaType;
    };
    static constexpr Signature kSignatures[] = {
        {"iVBORw0KGgo", "image/png"}, {"/9j/", "image/jpeg"},        {"R0lGOD", "image/gif"},
        {"UklGR", "image/webp"},      {"JVBERi", "application/pdf"},
    };
    for (const Signature &signature : kSignatures) {
        if (base64.startsWith(signature.start))
            return signature.mediaType.toByteArray();
    }
    return {};
}

Result<Media> fromUrl(QByteArrayView url, const QByteArray &param, const QByteArray &providerId)
{
    std::optional<DataUrl> data = readDataUrl(url);
    if (!data) {
        return invalidValue(param,
                            "cannot be fetched by provider '" + providerId + "': send it as a data: URL with base64");
    }
    if (data->mediaType.isEmpty())
        data->mediaType = guessedType(data->base64);
    if (data->mediaType.isEmpty())
        return invalidValue(param, "needs a media type: data:image/png;base64,…");
    return Media{std::move(data->mediaType), std::move(data->base64)};
}

// `video_url` is what servers with video input have beside `image_url`.
QByteArrayView videoUrl(json::Value part)
{
    const json::Value video = part["video_url"];
    return video.isString() ? video.string() : video["url"].string();
}

} // namespace

Result<Media> mediaOf(const ContentPart &part, const QByteArray &place, const QByteArray &providerId)
{
    using Kind = ContentPart::Kind;
    switch (part.kind) {
    case Kind::Image:
        return fromUrl(part.url, place + ".image_url.url", providerId);
    case Kind::Audio:
        if (part.format.isEmpty())
            return invalidValue(place + ".input_audio.format", "must say what the data are, for example wav");
        return Media{"audio/" + part.format.toByteArray().toLower(), part.data.toByteArray()};
    case Kind::File:
        if (part.url.isEmpty())
            return std::unexpected(unsupported(providerId, place + ".file.file_id", "files of other services"));
        return fromUrl(part.url, place + ".file.file_data", providerId);
    default:
        break;
    }
    if (const QByteArrayView video = videoUrl(part.raw); !video.isEmpty())
        return fromUrl(video, place + ".video_url.url", providerId);
    return std::unexpected(
        unsupported(providerId, place, "content parts of type '" + part.raw["type"].toByteArray() + "'"));
}

void writeInlineData(json::TextWriter &json, const Media &media)
{
    json.key("inlineData").beginObject();
    json.member("mimeType", media.mediaType).member("data", media.base64);
    json.endObject();
}

QByteArray markdownOf(QByteArrayView mediaType, QByteArrayView base64)
{
    QByteArray text;
    text.reserve(mediaType.size() + base64.size() + 32);
    text.append(mediaType.startsWith("image/") ? "![image](data:" : "[file](data:");
    text.append(mediaType).append(";base64,").append(base64).append(')');
    return text;
}

std::optional<FoundImage> findMarkdownImage(QByteArrayView text, qsizetype from)
{
    for (qsizetype begin = text.indexOf(kImageStart, from); begin >= 0;) {
        const qsizetype url = begin + QByteArrayView("![image](").size();
        const qsizetype close = text.indexOf(')', url);
        if (close < 0)
            return std::nullopt;
        if (std::optional<DataUrl> data = readDataUrl(text.sliced(url, close - url)))
            return FoundImage{begin, close + 1, {std::move(data->mediaType), std::move(data->base64)}};
        begin = text.indexOf(kImageStart, close);
    }
    return std::nullopt;
}

} // namespace lunargate::gemini
