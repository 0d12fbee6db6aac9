// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/client_environment.h"

namespace lunargate::ui {

namespace {

using namespace Qt::StringLiterals;

// Clients want some key, even where the gateway asks for none.
constexpr QLatin1StringView kKey("YOUR_KEY");

QString openAi(const QString &address)
{
    return u"export OPENAI_BASE_URL=%1/v1\nexport OPENAI_API_KEY=%2\n"_s.arg(address, kKey);
}

// Without /v1, which it appends itself (code.claude.com/docs/en/llm-gateway-protocol).
QString claudeCode(const QString &address)
{
    return u"export ANTHROPIC_BASE_URL=%1\nexport ANTHROPIC_AUTH_TOKEN=%2\n"_s.arg(address, kKey);
}

// It reads no base URL from its environment, but from ~/.codex/config.toml.
QString codex(const QString &address)
{
    return u"model_provider = \"lunargate\"\n\n[model_providers.lunargate]\nname = \"LunarGate\"\n"
           "base_url = \"%1/v1\"\nenv_key = \"LUNARGATE_API_KEY\"\nwire_api = \"responses\"\n"_s.arg(address);
}

QString ollama(const QString &address)
{
    return u"export OLLAMA_HOST=%1\n"_s.arg(address);
}

constexpr ClientEnvironment kClients[] = {{"OpenAI SDK", "/v1/chat/completions", &openAi},
                                          {"Claude Code", "/v1/messages", &claudeCode},
                                          {"Codex", "/v1/responses", &codex},
                                          {"Ollama", "/api/chat", &ollama}};

} // namespace

std::span<const ClientEnvironment> clientEnvironments()
{
    return kClients;
}

} // namespace lunargate::ui
