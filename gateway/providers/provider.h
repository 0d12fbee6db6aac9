// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/chat/chat_request.h"
#include "gateway/config/config.h"
#include "gateway/upstream/transport.h"

#include <QByteArrayView>

#include <memory>
#include <vector>

namespace lunargate {

/// Reads one provider stream. Fed with bytes at any split; one object per attempt.
class ChatStreamReader
{
public:
    ChatStreamReader() = default;
    ChatStreamReader(const ChatStreamReader &) = delete;
    ChatStreamReader &operator=(const ChatStreamReader &) = delete;
    virtual ~ChatStreamReader() = default;

    /// Appends what `bytes` complete. After an End or Failure event nothing more comes.
    virtual void feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events) = 0;

    /// The connection ended: appends what was left, and a Failure if the end mark is missing.
    virtual void finish(std::vector<ChatStreamEvent> &events) = 0;
};

/// A configured provider: how calls to it are written and its answers are read. Immutable, used by all workers.
class Provider
{
public:
    explicit Provider(ProviderConfig config) : m_config(std::move(config)) {}
    Provider(const Provider &) = delete;
    Provider &operator=(const Provider &) = delete;
    virtual ~Provider() = default;

    const ProviderConfig &config() const { return m_config; }

    /// The call to send for `request`, asking for `model` (empty: the provider's own choice).
    virtual Result<UpstreamRequest> chatRequest(const ChatRequest &request, const QByteArray &model) const = 0;
    /// Reads a whole answer with a success status.
    virtual std::expected<ChatAnswer, UpstreamFailure> readChatAnswer(QByteArray body) const = 0;
    virtual std::unique_ptr<ChatStreamReader> chatStreamReader() const = 0;
    /// Reads an answer with an error status.
    virtual UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body) const = 0;

    /// Sends over the network; a provider without one overrides it. Called in a worker's thread with its transport.
    virtual std::unique_ptr<UpstreamCall> send(Transport &network, UpstreamRequest request) const
    {
        return network.send(std::move(request));
    }

private:
    ProviderConfig m_config;
};

} // namespace lunargate
