// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/request_writer.h"

#include "gateway/providers/gemini/contents_writer.h"
#include "gateway/providers/gemini/generation_config.h"
#include "gateway/providers/gemini/tools_writer.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

constexpr qsizetype kMaxNameLength = 64; // what every version of the API takes

// Gemini API reference, "FunctionDeclaration": `name`.
bool isFirstNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool isNameCharacter(char c)
{
    return isFirstNameCharacter(c) || (c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-';
}

/// Google's own parameters, as its OpenAI-compatible endpoint takes them (Gemini API, "OpenAI compatibility",
/// extra_body).
struct GoogleExtras
{
    json::Value safetySettings;
    json::Value thinkingConfig;
    json::Value cachedContent;
};

bool isKnownExtra(QByteArrayView name)
{
    return name == "safety_settings" || name == "thinking_config" || name == "cached_content";
}

GoogleExtras readExtras(ParameterUse &parameters)
{
    const json::Value body = parameters.take("extra_body");
    const json::Value google = body["google"];
    bool isAllKnown = body.size() == (google.isObject() ? 1 : 0);
    for (const auto [name, value] : google.members())
        isAllKnown = isAllKnown && isKnownExtra(name);
    if (body.exists() && !isAllKnown)
        parameters.drop("extra_body");
    GoogleExtras extras{.safetySettings = parameters.take("safety_settings"),
                        .thinkingConfig = google["thinking_config"],
                        .cachedContent = google["cached_content"]};
    if (!extras.safetySettings.exists())
        extras.safetySettings = google["safety_settings"];
    return extras;
}

Result<void> writeExtras(json::TextWriter &json, const GoogleExtras &extras)
{
    if (extras.safetySettings.exists() && !extras.safetySettings.isArray()) {
        return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                     .reason = "invalid_value",
                                     .message = "'safety_settings' must be an array",
                                     .param = "safety_settings"});
    }
    if (extras.safetySettings.exists())
        json.member("safetySettings", extras.safetySettings);
    if (extras.cachedContent.isString())
        json.member("cachedContent", extras.cachedContent);
    return {};
}

// Gemini API reference, "ServiceTier".
void writeServiceTier(json::TextWriter &json, ParameterUse &parameters)
{
    const QByteArrayView tier = parameters.take("service_tier").string();
    if (tier == "flex" || tier == "priority")
        json.member("serviceTier", tier);
    else if (tier == "default" || tier == "standard")
        json.member("serviceTier", "standard");
    else if (!tier.isEmpty() && tier != "auto")
        parameters.drop("service_tier");
}

} // namespace

Result<WrittenRequest> writeRequest(const Conversation &conversation, const QByteArray &model,
                                    const ProviderConfig &provider)
{
    auto names = std::make_shared<ToolNames>(&isNameCharacter, kMaxNameLength, &isFirstNameCharacter);
    ParameterUse parameters(conversation);
    const RequestContext context{conversation, provider, familyOf(model), parameters, *names};
    const GoogleExtras extras = readExtras(parameters);
    std::vector<QByteArray> dropped;

    json::TextWriter json = json::TextWriter::forBody(conversation.bodyBytes);
    json.beginObject();
    Result<void> written = ContentsWriter(context, json).write();
    if (written)
        written = writeTools(json, context);
    if (written)
        written = writeGenerationConfig(json, context, extras.thinkingConfig, dropped);
    if (written)
        written = writeExtras(json, extras);
    if (!written)
        return std::unexpected(std::move(written.error()));
    writeServiceTier(json, parameters);
    json.endObject();

    if (conversation.parallelToolCalls == false)
        dropped.emplace_back("parallel_tool_calls");
    Result<std::vector<QByteArray>> leftOver = parameters.leftOver(provider.id);
    if (!leftOver)
        return std::unexpected(std::move(leftOver.error()));
    WrittenRequest request;
    request.isGrounded = asksForSearch(conversation);
    request.body = std::move(json).text();
    request.dropped = *std::move(leftOver);
    std::ranges::move(dropped, std::back_inserter(request.dropped));
    request.names = std::move(names);
    return request;
}

} // namespace lunargate::gemini
