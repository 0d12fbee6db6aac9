// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"
#include "gateway/async/background_tasks.h"
#include "gateway/pipeline/authenticate.h"

#include <memory>

namespace lunargate {

/// Brings each request of one worker to its endpoint.
class Dispatcher : public RequestHandler
{
public:
    struct Shared
    {
        RuntimeStore &runtimes;
        Services &services;
        const GatewayStatus &status;
    };

    /// Where its requests come in.
    struct Port
    {
        ServedRoles served = {};
        bool isLoopbackOnly = true; ///< only this machine reaches it
    };

    Dispatcher(Shared shared, Port port, std::unique_ptr<Transport> network)
        : m_shared(shared), m_port(port), m_running(*shared.services.running), m_network(std::move(network))
    {
    }

    Result<Admission> admit(HttpRequest &request) override;
    Task<> handle(Exchange &exchange) override;
    void refuse(Exchange &exchange, const Error &error) override;
    void configurationApplied() override;

private:
    static bool answerPreflight(RequestContext &context);
    EndpointMatch find(const Runtime &runtime, const HttpRequest &request) const;
    Task<> answer(const Endpoint &endpoint, RequestContext &context) const;

    const Shared m_shared;
    const Port m_port;
    PendingBodies m_pendingBodies;
    RunningBoard m_running;
    std::unique_ptr<Transport> m_network;
    BackgroundTasks m_background; // uses the network, so it goes first
};

} // namespace lunargate
