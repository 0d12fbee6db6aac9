// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/local_request.h"

namespace lunargate {

void LocalRequest::start(RequestHandler &handler, std::function<void()> finished)
{
    m_runner.start(
        handler.handle(m_exchange), [this, &handler, finished = std::move(finished)](const std::exception_ptr &) {
            if (m_exchange.response.state() == ResponseWriter::State::NotStarted)
                handler.refuse(m_exchange, {.kind = ErrorKind::Internal,
                                            .reason = "internal_error",
                                            .message = "the gateway failed on this request; its log says why"});
            finished();
        });
}

void LocalRequest::cut(CutReason reason, std::function<void()> cut)
{
    m_exchange.cutReason = reason;
    m_runner.cancel(std::move(cut));
}

} // namespace lunargate
