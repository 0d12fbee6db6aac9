// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/translation.h"

#include <algorithm>

namespace lunargate::responses {

void Translation::drop(const QByteArray &name)
{
    // Nobody reads more of them, and clients may send a million.
    constexpr size_t kMostNamed = 50;
    if (m_dropped.size() < kMostNamed && !std::ranges::contains(m_dropped, name))
        m_dropped.push_back(name);
}

void Translation::refuse(const QByteArray &param, const QByteArray &what)
{
    refuse({.kind = ErrorKind::InvalidRequest,
            .reason = "unsupported_parameter",
            .message = "'" + param + "' can be served only by a provider that speaks the Responses API " +
                       "(upstream_request_type: responses); the others have no " + what,
            .param = param});
}

void Translation::refuse(Error error)
{
    if (!m_refusal)
        m_refusal = std::move(error);
}

} // namespace lunargate::responses
