// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/service_keys.h"

#include "gateway/config/header_name.h"

#include <algorithm>
#include <array>

namespace lunargate {

namespace {

/// A word whose default depends on the provider's type, so that none is documented.
template <typename Enum>
void readWordOfType(SectionReader &section, QByteArrayView key, Enum &value)
{
    if (const std::optional<int> word = section.readWord(key, namesOf(value), std::nullopt))
        value = static_cast<Enum>(*word);
}

/// Headers of the message itself, which whoever writes it has to set (RFC 9110 and 9112).
bool isSetByTheGateway(QByteArrayView lowerCaseName)
{
    static constexpr std::array<QByteArrayView, 9> kNames = {
        "accept", "accept-encoding",   "connection", "content-length", "content-type", "expect", "host",
        "te",     "transfer-encoding",
    };
    return std::ranges::contains(kNames, lowerCaseName);
}

void readAuth(SectionReader &section, AuthConfig &auth)
{
    section.section("auth", [&](SectionReader &inner) {
        if (inner.has("header"))
            auth.scheme = KeyScheme::Header;
        readWordOfType(inner, "scheme", auth.scheme);
        inner.read("header", auth.header);
        if (auth.scheme != KeyScheme::Header)
            return;
        if (!isHeaderName(auth.header))
            inner.context().error(inner.placeOf("header"), "expected the name of the header that carries the key");
        else if (isSetByTheGateway(auth.header.toLower()))
            inner.context().error(inner.placeOf("header"), "the gateway sets this header by itself; name another one");
    });
}

void readQuirks(SectionReader &section, QuirksConfig &quirks)
{
    section.section("quirks", [&](SectionReader &inner) {
        inner.read("developer_role", quirks.developerRole);
        inner.read("logprobs_as_number", quirks.logprobsAsNumber);
        inner.read("max_tokens_field", quirks.maxTokensField);
        inner.read("reasoning_field", quirks.reasoningField);
        inner.read("reasoning_history", quirks.reasoningHistory);
        inner.read("reasoning_with_tool_calls", quirks.reasoningWithToolCalls);
        inner.read("refused", quirks.refused);
        inner.read("refused_message_fields", quirks.refusedMessageFields);
        inner.read("refused_tool_call_fields", quirks.refusedToolCallFields);
        inner.read("required_tool_choice", quirks.requiredToolChoice);
        inner.read("seed_field", quirks.seedField);
        inner.read("stop_as_array", quirks.stopAsArray);
        inner.read("stream_options", quirks.streamOptions);
        inner.read("tool_call_id_length", quirks.toolCallIdLength, {0, 64});
    });
    // An empty name would make an empty member of the request.
    if (quirks.seedField.isEmpty())
        quirks.seedField = QuirksConfig().seedField;
    if (quirks.requiredToolChoice.isEmpty())
        quirks.requiredToolChoice = QuirksConfig().requiredToolChoice;
}

bool mayNotBeInAHeader(char c)
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

} // namespace

void readServiceKeys(SectionReader &section, ProviderConfig &provider)
{
    readWordOfType(section, "protocol", provider.protocol);
    section.readUrl("base_url", provider.baseUrl);
    readAuth(section, provider.auth);
    section.read("default_model", provider.defaultModel);
    section.read("api_version", provider.apiVersion);
    readHeaders(section, provider.headers);
    section.readMap("query", provider.query, SectionReader::MapKeys::AsWritten);
    readQuirks(section, provider.quirks);
}

void readHeaders(SectionReader &section, std::map<QByteArray, QByteArray> &headers)
{
    const auto places = section.readMap("headers", headers, SectionReader::MapKeys::LowerCase);
    for (const auto &[name, place] : places) {
        // Values are never shown: they may be keys.
        if (!isHeaderName(name))
            section.context().error(place, "this cannot be the name of a header");
        else if (isSetByTheGateway(name))
            section.context().error(place, "the gateway sets this header by itself; remove it here");
        else if (std::ranges::any_of(headers[name], mayNotBeInAHeader))
            section.context().error(place, "a header's value must not have a line break or another control character");
    }
}

} // namespace lunargate
