// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/block_reader.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/chat/data_url.h"
#include "gateway/chat/parameter_use.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

constexpr QByteArrayView kPdf = "application/pdf";
constexpr QByteArrayView kImageTypes[] = {"image/jpeg", "image/png", "image/gif", "image/webp"};

// How the first bytes of those files look in base64. A type that does not fit its bytes is refused, so they decide.
struct Signature
{
    QByteArrayView base64;
    QByteArrayView mediaType;
};
constexpr Signature kSignatures[] = {
    {"/9j/", "image/jpeg"},        // FF D8 FF
    {"iVBORw0K", "image/png"},     // 89 "PNG" CR LF
    {"R0lGOD", "image/gif"},       // "GIF8"
    {"UklGR", "image/webp"},       // "RIFF"
    {"JVBERi", "application/pdf"}, // "%PDF"
};

QByteArray mediaTypeOf(const DataUrl &data)
{
    for (const Signature &signature : kSignatures) {
        if (data.base64.startsWith(signature.base64))
            return signature.mediaType.toByteArray();
    }
    return data.mediaType;
}

bool isHttps(QByteArrayView url)
{
    constexpr QByteArrayView kScheme = "https://";
    return url.size() > kScheme.size() && url.first(kScheme.size()).compare(kScheme, Qt::CaseInsensitive) == 0;
}

bool isTextType(QByteArrayView mediaType)
{
    constexpr QByteArrayView kTextTypes[] = {"application/json", "application/xml", "application/yaml",
                                             "application/x-yaml", "application/javascript"};
    return mediaType.startsWith("text/") || std::ranges::contains(kTextTypes, mediaType);
}

Block imageBlock(Source source)
{
    return {.kind = Block::Kind::Image, .source = std::move(source)};
}

Result<Block> readImage(const ContentPart &part, const PartPlace &place)
{
    if (isHttps(part.url))
        return imageBlock({.kind = Source::Kind::Url, .data = part.url.toByteArray()});
    std::optional<DataUrl> data = readDataUrl(part.url);
    if (!data) {
        return invalidValue(place.param() + ".image_url.url",
                            "must be an https: URL or base64; send the image as a data: URL");
    }
    const QByteArray type = mediaTypeOf(*data);
    if (!std::ranges::contains(kImageTypes, type)) {
        return std::unexpected(
            unsupported(place.providerId, place.param() + ".image_url.url", "images but JPEG, PNG, GIF and WebP"));
    }
    return imageBlock({.mediaType = type, .data = std::move(data->base64)});
}

Result<Source> readDocument(const ContentPart &part, const PartPlace &place)
{
    const QByteArray param = place.param() + ".file.file_data";
    if (isHttps(part.url))
        return Source{.kind = Source::Kind::Url, .data = part.url.toByteArray()};
    std::optional<DataUrl> data = readDataUrl(part.url);
    if (!data)
        return invalidValue(param, "must be base64; send the file as a data: URL");
    const QByteArray type = mediaTypeOf(*data);
    if (type == kPdf || std::ranges::contains(kImageTypes, type))
        return Source{.mediaType = type, .data = std::move(data->base64)};
    if (!isTextType(type))
        return std::unexpected(unsupported(place.providerId, param, "files but PDF, texts and images"));
    const QByteArray text = QByteArray::fromBase64(data->base64);
    if (!text.isValidUtf8())
        return invalidValue(param, "is said to be a text, but is not UTF-8");
    return Source{.kind = Source::Kind::Text, .mediaType = "text/plain", .data = text};
}

Result<Block> readFile(const ContentPart &part, const PartPlace &place)
{
    if (part.url.isEmpty()) {
        return std::unexpected(
            unsupported(place.providerId, place.param() + ".file.file_id", "files of OpenAI; send file_data"));
    }
    Result<Source> source = readDocument(part, place);
    if (!source)
        return std::unexpected(std::move(source.error()));
    if (std::ranges::contains(kImageTypes, source->mediaType))
        return imageBlock(*std::move(source));
    return Block{.kind = Block::Kind::Document, .source = *std::move(source), .title = part.name};
}

Result<Block> read(const ContentPart &part, const PartPlace &place)
{
    switch (part.kind) {
    case ContentPart::Kind::Text:
    case ContentPart::Kind::Refusal:
        return Block{.text = part.text};
    case ContentPart::Kind::Image:
        return readImage(part, place);
    case ContentPart::Kind::File:
        return readFile(part, place);
    case ContentPart::Kind::Audio:
        return std::unexpected(unsupported(place.providerId, place.param(), "audio input"));
    case ContentPart::Kind::Other:
        break;
    }
    return std::unexpected(
        unsupported(place.providerId, place.param(), "content of type '" + part.raw["type"].toByteArray() + '\''));
}

} // namespace

QByteArray PartPlace::param() const
{
    return "messages[" + QByteArray::number(message) + "].content[" + QByteArray::number(part) + ']';
}

Result<std::optional<Block>> readBlock(const ContentPart &part, const PartPlace &place)
{
    Result<Block> block = read(part, place);
    if (!block)
        return std::unexpected(std::move(block.error()));
    if (block->kind == Block::Kind::Text && block->text.trimmed().isEmpty())
        return std::nullopt;
    if (part.cacheControl.isObject())
        block->cacheControl = part.cacheControl;
    return *std::move(block);
}

} // namespace lunargate::anthropic
