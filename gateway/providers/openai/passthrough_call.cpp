// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/passthrough_call.h"

#include "gateway/providers/native_stream.h"
#include "gateway/providers/openai/stream_reader.h"

namespace lunargate::openai {

namespace {

using Kind = ChatStreamEvent::Kind;

/// Whatever comes is a chunk; that nothing comes is an answer, too.
class BytesReader : public ChatStreamReader
{
public:
    void feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events) override
    {
        m_isEmpty = m_isEmpty && bytes.isEmpty();
        events.push_back({.kind = Kind::Chunk, .payload = bytes.toByteArray(), .isUseful = true});
    }
    void finish(std::vector<ChatStreamEvent> &events) override
    {
        if (m_isEmpty)
            events.push_back({.kind = Kind::Chunk, .isUseful = true});
        events.push_back({.kind = Kind::End});
    }

private:
    bool m_isEmpty = true;
};

/// Events of POST /completions: each passes as it is, with its blank line.
class CompletionReader : public ChatStreamReader
{
public:
    explicit CompletionReader(const SecretString &key) : m_events(key, AnswerForm::Canonical) {}

    void feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events) override
    {
        const size_t begin = events.size();
        m_events.feed(bytes, events);
        endLines(events, begin);
    }
    void finish(std::vector<ChatStreamEvent> &events) override
    {
        const size_t begin = events.size();
        m_events.finish(events);
        endLines(events, begin);
    }

private:
    static void endLines(std::vector<ChatStreamEvent> &events, size_t begin)
    {
        for (size_t i = begin; i < events.size(); ++i) {
            if (events[i].kind == Kind::Chunk && !events[i].payload.isEmpty())
                events[i].payload += "\n\n";
        }
    }

    NativeStream<StreamReader> m_events;
};

} // namespace

std::expected<ModelAnswer, UpstreamFailure> PassthroughCall::readAnswer(QByteArray body)
{
    return ModelAnswer{.body = std::move(body)};
}

std::unique_ptr<ChatStreamReader> PassthroughCall::streamReader()
{
    if (m_isCompletionStream)
        return std::make_unique<CompletionReader>(m_key);
    return std::make_unique<BytesReader>();
}

} // namespace lunargate::openai
