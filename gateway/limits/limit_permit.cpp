// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/limit_permit.h"

#include "gateway/limits/rate_limiter.h"

#include <utility>

namespace lunargate {

LimitPermit::LimitPermit(LimitPermit &&other) noexcept
    : m_limiter(std::exchange(other.m_limiter, nullptr)),
      m_client(std::move(other.m_client)),
      m_reserved(std::exchange(other.m_reserved, {})),
      m_isModelCall(other.m_isModelCall),
      m_isGlobal(other.m_isGlobal),
      m_countsTokens(other.m_countsTokens)
{
}

LimitPermit &LimitPermit::operator=(LimitPermit &&other) noexcept
{
    LimitPermit taken(std::move(other));
    std::swap(m_limiter, taken.m_limiter);
    std::swap(m_client, taken.m_client);
    std::swap(m_reserved, taken.m_reserved);
    std::swap(m_isModelCall, taken.m_isModelCall);
    std::swap(m_isGlobal, taken.m_isGlobal);
    std::swap(m_countsTokens, taken.m_countsTokens);
    return *this;
}

LimitPermit::~LimitPermit()
{
    settle(0);
}

void LimitPermit::settle(qint64 tokensUsed, TimePoint now)
{
    if (RateLimiter *limiter = std::exchange(m_limiter, nullptr))
        limiter->settle(*this, tokensUsed, now);
    m_client.reset();
    m_reserved = {};
}

} // namespace lunargate
