// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task_runner.h"
#include "gateway/http/exchange.h"

#include <functional>

namespace lunargate {

/// A request that the gateway makes to itself, without a connection. Destroying it cancels it, as if the client had
/// left; not from inside the request. Single-threaded.
class LocalRequest
{
public:
    /// `response` outlives this.
    LocalRequest(HttpRequest request, ResponseWriter &response) : m_exchange(std::move(request), response) {}

    /// `finished` is called when there is an answer, possibly before this returns; it may destroy this.
    void start(RequestHandler &handler, std::function<void()> finished);

    /// Ends it; one of `cut` and `finished` is called, from the event loop. It may destroy this. Unless the client left
    /// there is an answer then that says why.
    void cut(CutReason reason, std::function<void()> cut);

private:
    Exchange m_exchange;
    TaskRunner m_runner; // first to go: its frames use the above
};

} // namespace lunargate
