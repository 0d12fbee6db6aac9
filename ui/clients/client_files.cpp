// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/client_files.h"

#include "gateway/json/writer.h"
#include "ui/clients/continue_edit.h"
#include "ui/clients/jsonc_edit.h"
#include "ui/clients/toml_edit.h"

#include <array>

namespace lunargate::ui {

namespace {

QByteArray baseUrl(const GatewayPlace &place)
{
    return place.address.toUtf8() + "/v1";
}

} // namespace

// The address alone: a token would take the place of the user's own login.
EditResult editClaudeCode(const QByteArray &text, const GatewayPlace &place)
{
    constexpr std::array<QByteArrayView, 2> kPath{"env", "ANTHROPIC_BASE_URL"};
    return setInJsonc(text, kPath, json::quoted(place.address.toUtf8()));
}

// The name of the provider never changes: Codex groups its history by it.
EditResult editCodex(const QByteArray &text, const GatewayPlace &place)
{
    const std::array<TomlEntry, 4> entries{
        {{.key = "name", .value = "LunarGate"},
         {.key = "base_url", .value = baseUrl(place)},
         {.key = "wire_api", .value = "responses"},
         {.key = "env_key", .value = place.asksForKey ? QByteArray(kKeyVariable.data()) : QByteArray()}}};
    return setTomlText(text, "model_provider", "lunargate").and_then([&entries](const QByteArray &changed) {
        return setTomlTable(changed, "model_providers", "lunargate", entries);
    });
}

EditResult editContinue(const QByteArray &text, const GatewayPlace &place)
{
    const QByteArray key = place.asksForKey ? "${{ secrets." + QByteArray(kKeyVariable.data()) + " }}" : "not-needed";
    return setContinueModel(text, baseUrl(place), key);
}

// The key is in LUNARGATE_API_KEY: Zed makes the variable's name of the provider's. What the user has made of the
// models stays.
EditResult editZed(const QByteArray &text, const GatewayPlace &place)
{
    constexpr std::array<QByteArrayView, 4> kPath{"language_models", "openai_compatible", "LunarGate", "api_url"};
    const QByteArray url = json::quoted(baseUrl(place));
    const auto provider = std::span(kPath).first(3);
    if (hasInJsonc(text, provider))
        return setInJsonc(text, kPath, url);
    const QByteArray model = "{\n      \"name\": \"lunargate/auto\",\n      \"display_name\": \"LunarGate\",\n"
                             "      \"max_tokens\": 128000\n    }";
    return setInJsonc(text, provider,
                      "{\n  \"api_url\": " + url + ",\n  \"available_models\": [\n    " + model + "\n  ]\n}");
}

} // namespace lunargate::ui
