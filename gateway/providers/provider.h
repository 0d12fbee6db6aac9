// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/chat/provider_model.h"
#include "gateway/config/config.h"
#include "gateway/providers/passthrough_request.h"
#include "gateway/upstream/transport.h"

#include <QByteArrayView>

#include <expected>
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

/// One call to a provider: what to send, and how its answer is read. Made for one attempt; belongs to one thread. The
/// provider outlives it.
class ProviderCall
{
public:
    ProviderCall() = default;
    ProviderCall(const ProviderCall &) = delete;
    ProviderCall &operator=(const ProviderCall &) = delete;
    virtual ~ProviderCall() = default;

    UpstreamRequest request;
    bool isPassedThrough = false;          ///< the answer is no model's text: nothing is looked for in it
    std::vector<QByteArray> droppedParams; ///< what the client asked for and the provider cannot be told
    bool isNative = false;                 ///< the provider gets the client's own bytes: see NativeRequest

    /// Reads a whole answer with a success status.
    virtual std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body) = 0;
    /// Reads a stream with a success status. Outlives the call. Only asked of calls whose `request.isStream` is set.
    virtual std::unique_ptr<ChatStreamReader> streamReader() { return nullptr; }
};

using PreparedCall = Result<std::unique_ptr<ProviderCall>>;

/// A configured provider: how calls to it are written and its answers are read. Immutable, used by all workers.
class Provider
{
public:
    explicit Provider(ProviderConfig config) : m_config(std::move(config)) {}
    Provider(const Provider &) = delete;
    Provider &operator=(const Provider &) = delete;
    virtual ~Provider() = default;

    const ProviderConfig &config() const { return m_config; }

    /// Whether it gets the own words of clients that speak this protocol (see NativeRequest).
    virtual bool speaks(ChatProtocol) const { return false; }

    /// The call for `request`, asking for `model` (empty: the provider's own choice). Fails with InvalidRequest if the
    /// provider's protocol cannot say what the client wants, or if what the client says is wrong.
    virtual PreparedCall chatCall(const ChatRequest &request, const QByteArray &model) const = 0;
    /// The same for embeddings; fails with InvalidRequest if the provider has none.
    virtual PreparedCall embeddingsCall(const EmbeddingsRequest &request, const QByteArray &model) const;
    /// The same for what is passed through; fails with InvalidRequest if the provider's protocol has no such endpoints.
    virtual PreparedCall passthroughCall(const PassthroughRequest &request, const QByteArray &model) const;

    /// A call to `path` of OpenAI's Responses protocol ("/responses/compact"), with a JSON body unless that is empty;
    /// the answer's `body` is the provider's own. Fails with InvalidRequest if the provider does not speak that
    /// protocol.
    virtual PreparedCall responsesCall(QByteArrayView method, QByteArrayView path, QByteArray body) const;

    /// The same for `request`, a call of a client that speaks this protocol (`/responses/compact`): it goes there in
    /// the client's own words.
    virtual PreparedCall responsesToolCall(QByteArrayView path, const ChatRequest &request,
                                           const QByteArray &model) const;

    /// Asks how many tokens `request` has, in the client's own words, which the answer has too; nothing if the provider
    /// does not speak the client's protocol, or has no such call.
    virtual std::optional<PreparedCall> tokenCountCall(const ChatRequest &request, const QByteArray &model) const;

    /// Reads an answer with an error status.
    virtual UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body) const = 0;

    /// Asks for the model list, from the beginning or from where ModelPage::nextPage says. Nothing if the protocol has
    /// no such call.
    virtual std::optional<UpstreamRequest> modelsRequest(const QByteArray &page) const;
    /// Reads what came of it with a success status. Fails with UpstreamProtocol.
    virtual Result<ModelPage> readModels(const QByteArray &body) const;

    /// Sends over the network; a provider without one overrides it. Called in a worker's thread with its transport.
    virtual std::unique_ptr<UpstreamCall> send(Transport &network, UpstreamRequest request) const
    {
        return network.send(std::move(request));
    }

private:
    ProviderConfig m_config;
};

} // namespace lunargate
