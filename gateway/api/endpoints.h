// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/security/role.h"

#include <QByteArrayView>

#include <atomic>
#include <chrono>
#include <span>

namespace lunargate {

class ConfigReloader;

/// What the endpoints know of the program beside the request.
struct GatewayStatus
{
    TimePoint startedAt = Clock::now();
    std::atomic<bool> isReady = true;   ///< false as soon as the program is asked to end
    std::atomic<bool> isPaused = false; ///< model calls are refused until somebody says otherwise
    /// Who reads the configuration anew; lives in the main thread. Null: nobody does.
    ConfigReloader *configuration = nullptr;
};

/// An endpoint: what it is called by, who may, and what answers.
struct Endpoint
{
    using Answer = Task<> (*)(RequestContext &, const GatewayStatus &);

    QByteArrayView method;
    QByteArrayView path;
    bool hasTail = false; ///< the path may go on (`/v1/models/a/b`)
    QByteArrayView name;  ///< in logs and metrics
    Role role = Role::Inference;
    Answer answer = nullptr;
    bool isModelCall = false; ///< it counts among the requests to models, and against the limits of these
    ChatProtocol dialect = ChatProtocol::OpenAiChat; ///< of its answers, errors among them
    bool streamsForms = false;                       ///< forms are passed on while they come
};

/// Whether its requests pass untranslated. The collector knows of chats and embeddings alone.
bool isPassedThrough(const Endpoint &endpoint);

/// All of them. What is not in this table does not exist.
std::span<const Endpoint> endpoints();

/// Which endpoints there are where a request came in. Public ones are everywhere.
struct ServedRoles
{
    bool inference = true;
    bool admin = true;
    bool isOllama = false; ///< clients expect Ollama there: `/` says so

    bool has(Role role) const { return role == Role::Public || (role == Role::Admin ? admin : inference); }
};

/// The endpoint for a path as the table writes it.
struct EndpointMatch
{
    const Endpoint *endpoint = nullptr;
    /// One of that path, whatever its methods; null: there is none (404, not 405).
    const Endpoint *atPath = nullptr;
    QByteArray allowedMethods; ///< for the Allow header
};
EndpointMatch findEndpoint(QByteArrayView method, QByteArrayView path, ServedRoles served = {});

/// The path as the table writes it: without the mistakes that clients' base URLs make (`/chat/completions`,
/// `/v1/v1/chat/completions`, a slash at the end).
QByteArray canonicalPath(QByteArrayView path);

} // namespace lunargate
