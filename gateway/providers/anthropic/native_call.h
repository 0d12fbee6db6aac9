// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate::anthropic {

/// A call of a client that speaks the Messages protocol itself: what comes back passes byte for byte, and is read
/// beside that for whoever follows the answer.
class NativeCall final : public ProviderCall
{
public:
    explicit NativeCall(const SecretString &key) : m_key(key) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override;
    std::unique_ptr<ChatStreamReader> streamReader() override;

private:
    const SecretString &m_key; // the provider's
};

/// Asks for the tokens of such a call (Anthropic API reference, "Count tokens in a Message").
class TokenCountCall final : public ProviderCall
{
public:
    explicit TokenCountCall(const SecretString &key) : m_key(key) {}

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override;

private:
    const SecretString &m_key; // the provider's
};

} // namespace lunargate::anthropic
