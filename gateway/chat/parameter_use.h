// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"

#include <vector>

namespace lunargate {

/// Keeps account of which parameters a provider's writer has used, so that none is lost silently: what is left over is
/// either told to the client (X-LunarGate-Dropped-Params), or refused where leaving it out would change what the client
/// gets.
class ParameterUse
{
public:
    explicit ParameterUse(const Conversation &conversation) : m_conversation(conversation) {}

    /// The value of `name`, which counts as used from here on; missing if the client did not set it.
    json::Value take(QByteArrayView name);
    std::optional<double> takeNumber(QByteArrayView name) { return take(name).number(); }
    std::optional<qint64> takeInteger(QByteArrayView name) { return take(name).wholeNumber(); }

    /// Counts one as left out although a writer looked at it, for example because a model refuses it.
    void drop(QByteArrayView name) { m_dropped.push_back(name.toByteArray()); }

    /// The names left over, in the client's order. Fails with InvalidRequest, naming field and provider, for the first
    /// one that the answer depends on (`n` over 1, `logprobs`, audio …).
    Result<std::vector<QByteArray>> leftOver(const QByteArray &providerId) const;

private:
    const Conversation &m_conversation;
    std::vector<QByteArrayView> m_taken;
    std::vector<QByteArray> m_dropped;
};

/// Whether a parameter that cannot be passed on to `providerId` is worth telling: false if it asks for what happens
/// anyway. Fails with InvalidRequest, naming field and provider, if the answer depends on it.
Result<bool> isLoss(QByteArrayView name, json::Value value, const QByteArray &providerId);

/// The refusal of a request that `providerId` cannot serve: InvalidRequest with reason `unsupported_parameter`.
Error unsupported(const QByteArray &providerId, QByteArrayView param, const QByteArray &what);

} // namespace lunargate
