// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/clients/client.h"

#include "ui/clients/client_files.h"
#include "ui/clients/client_snippets.h"

#include <QtTranslation>

#include <algorithm>

namespace lunargate::ui {

namespace {

// The beginnings of User-Agent, X-Title or originator. An SDK within another program often says that program's title.
constexpr const char *kPython[] = {"OpenAI/Python", "AsyncOpenAI/Python"};
constexpr const char *kJavaScript[] = {"OpenAI/JS"};
constexpr const char *kClaudeCode[] = {"claude-cli"};
constexpr const char *kCodex[] = {"codex"};
constexpr const char *kCursor[] = {"Cursor"};
constexpr const char *kContinue[] = {"continue"};
constexpr const char *kCline[] = {"Cline"};
constexpr const char *kZed[] = {"Zed"};
constexpr const char *kOpenWebUi[] = {"Open WebUI"};
constexpr const char *kOllama[] = {"ollama"};

// code.claude.com/docs/en/settings
constexpr ClientFile kClaudeCodeFile = {"CLAUDE_CONFIG_DIR", ".claude", "settings.json", &editClaudeCode, nullptr};
// developers.openai.com/codex/config-reference
constexpr ClientFile kCodexFile = {"CODEX_HOME", ".codex", "config.toml", &editCodex, nullptr};
// docs.continue.dev/yaml-migration: config.json is not read any more when config.yaml is there
constexpr ClientFile kContinueFile = {"CONTINUE_GLOBAL_DIR", ".continue", "config.yaml", &editContinue, "config.json"};
// zed.dev/docs/configuring-zed
constexpr ClientFile kZedFile = {nullptr, ".config/zed", "settings.json", &editZed, nullptr};

constexpr Client kClients[] = {
    {"openai-python", "OpenAI SDK for Python",
     QT_TRANSLATE_NOOP("Client", "Programs that use OpenAI's library for Python, LangChain among them"), nullptr,
     "OpenAI Chat Completions", "/v1/chat/completions", &pythonSnippet, kPython, nullptr},
    {"openai-js", "OpenAI SDK for JavaScript",
     QT_TRANSLATE_NOOP("Client", "Programs that use OpenAI's library for JavaScript and TypeScript"), nullptr,
     "OpenAI Chat Completions", "/v1/chat/completions", &javaScriptSnippet, kJavaScript, nullptr},
    {"claude-code", "Claude Code", QT_TRANSLATE_NOOP("Client", "Anthropic's coding agent for the terminal"),
     QT_TRANSLATE_NOOP("Client", "Its command /status shows the base URL that it uses."), "Anthropic Messages",
     "/v1/messages", &claudeCodeSnippet, kClaudeCode, &kClaudeCodeFile},
    {"codex", "Codex", QT_TRANSLATE_NOOP("Client", "OpenAI's coding agent: terminal, editors and desktop share a file"),
     QT_TRANSLATE_NOOP("Client", "It reads no base URL from its environment."), "OpenAI Responses", "/v1/responses",
     &codexSnippet, kCodex, &kCodexFile},
    {"cursor", "Cursor", QT_TRANSLATE_NOOP("Client", "An editor. Its requests come from Cursor's own servers"),
     QT_TRANSLATE_NOOP("Client",
                       "Cursor's servers cannot reach an address of this machine: it needs a public HTTPS address that "
                       "leads here (a tunnel), and security switched on. Give models names of your own, since those "
                       "that Cursor knows go past the gateway. Own keys do not work in all of its modes."),
     "OpenAI Chat Completions", "/v1/chat/completions", &cursorSnippet, kCursor, nullptr},
    {"continue", "Continue", QT_TRANSLATE_NOOP("Client", "An assistant for VS Code and JetBrains"), nullptr,
     "OpenAI Chat Completions", "/v1/chat/completions", &continueSnippet, kContinue, &kContinueFile},
    {"cline", "Cline", QT_TRANSLATE_NOOP("Client", "A coding agent for VS Code"),
     QT_TRANSLATE_NOOP("Client", "It keeps its settings in VS Code's own storage: fill them in there."),
     "OpenAI Chat Completions", "/v1/chat/completions", &clineSnippet, kCline, nullptr},
    {"zed", "Zed", QT_TRANSLATE_NOOP("Client", "An editor with an agent of its own"),
     QT_TRANSLATE_NOOP("Client",
                       "Zed asks for some key even if the gateway does not: any text in LUNARGATE_API_KEY, or "
                       "in Zed's own settings, will do then."),
     "OpenAI Chat Completions", "/v1/chat/completions", &zedSnippet, kZed, &kZedFile},
    {"open-webui", "Open WebUI", QT_TRANSLATE_NOOP("Client", "Chats in the browser, from a server of your own"),
     QT_TRANSLATE_NOOP("Client",
                       "What was saved in its own settings wins over these variables. In a container, 127.0.0.1 is the "
                       "container itself: start it with --network=host."),
     "OpenAI Chat Completions", "/v1/chat/completions", &openWebUiSnippet, kOpenWebUi, nullptr},
    {"ollama", "Ollama clients", QT_TRANSLATE_NOOP("Client", "Programs that know Ollama only"), nullptr, "Ollama",
     "/api/chat", &ollamaSnippet, kOllama, nullptr},
};

const Client *clientCalled(const QByteArray &name)
{
    const auto begins = [&name](const char *agent) {
        const QByteArrayView beginning(agent);
        return name.size() >= beginning.size() &&
               beginning.compare(QByteArrayView(name).first(beginning.size()), Qt::CaseInsensitive) == 0;
    };
    const auto *const found = std::ranges::find_if(
        kClients, [&](const Client &client) { return std::ranges::any_of(client.agents, begins); });
    return found == std::end(kClients) ? nullptr : found;
}

} // namespace

std::span<const Client> allClients()
{
    return kClients;
}

const Client *findClient(QByteArrayView id)
{
    const auto *const found =
        std::ranges::find(kClients, id, [](const Client &client) { return QByteArrayView(client.id); });
    return found == std::end(kClients) ? nullptr : found;
}

const Client *clientOf(const HistoryRecord &record)
{
    const Client *client = clientCalled(record.client.application);
    return client ? client : clientCalled(record.client.userAgent);
}

} // namespace lunargate::ui
