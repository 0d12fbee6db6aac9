// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/providers/provider.h"

namespace lunargate::openai {

/// A call whose answer is passed on as it comes, whatever it is. Every answer is read as a stream.
class PassthroughCall : public ProviderCall
{
public:
    /// `isCompletionStream`: the answer is events of POST /completions, so that its end and its failures can be told.
    PassthroughCall(const SecretString &key, bool isCompletionStream)
        : m_key(key), m_isCompletionStream(isCompletionStream)
    {
        isPassedThrough = true;
    }

    std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) override;
    std::unique_ptr<ChatStreamReader> streamReader() override;

private:
    const SecretString &m_key; // the provider's
    const bool m_isCompletionStream;
};

} // namespace lunargate::openai
