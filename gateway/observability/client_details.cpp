// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/client_details.h"

#include "gateway/http/header_list.h"
#include "gateway/observability/redaction.h"

#include <array>

namespace lunargate {

namespace {

struct KnownHeader
{
    QByteArrayView name;
    QByteArray ClientDetails::*detail = nullptr;
};

// What comes later wins, so the names that anybody may use stand first.
constexpr std::array kKnownHeaders = {
    KnownHeader{"User-Agent", &ClientDetails::userAgent},
    KnownHeader{"X-App", &ClientDetails::application},                // Claude Code
    KnownHeader{"originator", &ClientDetails::application},           // Codex
    KnownHeader{"X-Title", &ClientDetails::application},              // OpenRouter's clients
    KnownHeader{"X-OpenWebUI-User-Id", &ClientDetails::user},         // Open WebUI
    KnownHeader{"X-OpenWebUI-Chat-Id", &ClientDetails::session},      // Open WebUI
    KnownHeader{"X-Session-Id", &ClientDetails::session},             // OpenRouter's clients
    KnownHeader{"conversation_id", &ClientDetails::session},          // Codex, older versions
    KnownHeader{"thread-id", &ClientDetails::session},                // Codex
    KnownHeader{"session_id", &ClientDetails::session},               // Codex
    KnownHeader{"session-id", &ClientDetails::session},               // Codex
    KnownHeader{"X-Claude-Code-Session-Id", &ClientDetails::session}, // Claude Code
    KnownHeader{"x-openai-subagent", &ClientDetails::agent},          // Codex
    KnownHeader{"x-claude-code-agent-id", &ClientDetails::agent},     // Claude Code
    KnownHeader{"x-claude-code-parent-agent-id", &ClientDetails::parentAgent},
    KnownHeader{"X-LunarGate-User", &ClientDetails::user},
    KnownHeader{"X-LunarGate-SessionID", &ClientDetails::session},
};

using Found = std::array<const QByteArray *, kKnownHeaders.size()>;

void look(const HeaderList::Field &field, Found &found)
{
    for (size_t i = 0; i < kKnownHeaders.size(); ++i) {
        const QByteArrayView name = kKnownHeaders[i].name;
        const bool isSame = name.size() == field.name.size() && name.compare(field.name, Qt::CaseInsensitive) == 0;
        if (isSame && !found[i])
            found[i] = &field.value;
    }
}

// Half a key would not be found any more by who looks for keys later.
QByteArray shortened(const QByteArray &text)
{
    if (text.size() <= kLongestDetail)
        return text;
    QByteArray result = text;
    blotOutSecrets(result);
    return result.first(kLongestDetail);
}

} // namespace

ClientDetails clientDetails(const HeaderList &headers)
{
    Found found = {};
    for (const HeaderList::Field &field : headers)
        look(field, found);
    ClientDetails details;
    for (size_t i = 0; i < kKnownHeaders.size(); ++i) {
        if (found[i] && !found[i]->isEmpty())
            details.*kKnownHeaders[i].detail = shortened(*found[i]);
    }
    return details;
}

} // namespace lunargate
