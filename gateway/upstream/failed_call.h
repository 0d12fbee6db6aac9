// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/transport.h"

namespace lunargate {

/// A call that failed before it began.
class FailedCall : public UpstreamCall
{
public:
    explicit FailedCall(Error error) : m_error(std::move(error)) {}

    Task<Result<UpstreamHead>> head(TimePoint) override { co_return std::unexpected(m_error); }
    Task<Result<QByteArray>> read(TimePoint) override { co_return std::unexpected(m_error); }

private:
    Error m_error;
};

} // namespace lunargate
