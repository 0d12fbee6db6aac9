// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>

#include <optional>
#include <vector>

namespace lunargate::responses {

/// Account of what a call says and chat completions cannot: what providers of other protocols are not told, and why
/// they cannot be asked at all.
class Translation
{
public:
    /// The answer does not depend on it.
    void drop(const QByteArray &name);

    /// It does: `what` completes "which has no", for example "background answers". Of several the first one counts.
    void refuse(const QByteArray &param, const QByteArray &what);
    void refuse(Error error);

    const std::vector<QByteArray> &dropped() const { return m_dropped; }
    const std::optional<Error> &refusal() const { return m_refusal; }

private:
    std::vector<QByteArray> m_dropped;
    std::optional<Error> m_refusal;
};

} // namespace lunargate::responses
