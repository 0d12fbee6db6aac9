// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"
#include "tests/support/gate.h"

#include <QByteArray>

#include <variant>
#include <vector>

namespace lunargate::test {

/// What the fake upstream does with one request, step by step. Built like a sentence:
/// `Script::eventStream().data(R"({"a":1})").hold(gate).data("[DONE]").end()`.
class Script
{
public:
    enum class Framing { ContentLength, Chunked, UntilClose };

    struct Send
    {
        QByteArray bytes;
        int times = 1;
        bool byteByByte = false;
    };
    struct Hold
    {
        GatePointer gate;
    };
    struct Close
    {
        bool reset = false;
    };
    using Step = std::variant<Send, Hold, Close>;

    Script() = default;

    /// A whole JSON answer with its Content-Length.
    static Script json(int status, const QByteArray &body, const HeaderList &extra = {});
    /// A plausible chat completion with this text.
    static Script chat(QByteArrayView content = "Hello from upstream");
    /// A plausible chat stream with these pieces of content, with finish reason, usage and [DONE].
    static Script chatStream(const std::vector<QByteArray> &contents = {"Hel", "lo"});
    /// The head of a chunked SSE answer with status 200.
    static Script eventStream(const HeaderList &extra = {});
    /// A head; what follows is framed as said. ContentLength sends no length by itself: put it into `headers`.
    static Script head(int status, const HeaderList &headers, Framing framing = Framing::Chunked);
    /// Holds from the start: the request is read, nothing is answered.
    static Script silence() { return Script().stall(); }

    /// A frame `data: TEXT` with its blank line.
    Script &data(const QByteArray &text) { return body("data: " + text + "\n\n"); }
    /// A frame with a chat chunk that holds this piece of content.
    Script &content(QByteArrayView text);
    /// Bytes of the body, in a chunk of their own if the answer is chunked.
    Script &body(const QByteArray &bytes) { return repeat(bytes, 1); }
    /// The same body bytes many times over, written no faster than they are taken.
    Script &repeat(const QByteArray &bytes, int times);
    /// Bytes as they are, whatever the framing says.
    Script &wire(const QByteArray &bytes);
    Script &hold(const GatePointer &gate);
    /// Nothing more happens, the connection stays.
    Script &stall() { return hold(Gate::make()); }
    /// Ends the answer as its framing demands.
    Script &end();
    /// Ends the connection in order (FIN).
    Script &close();
    /// Breaks the connection (RST).
    Script &reset();
    /// What is added from here on goes out in one segment a byte.
    Script &byteByByte();

    const std::vector<Step> &steps() const { return m_steps; }

private:
    Script &send(const QByteArray &bytes, int times = 1);

    std::vector<Step> m_steps;
    Framing m_framing = Framing::ContentLength;
    bool m_byteByByte = false;
};

/// A chat chunk as JSON. `delta` is the JSON of the delta object.
QByteArray chatChunk(const QByteArray &delta, const QByteArray &finishReason = "null");
/// The last chunk of a stream with usage: no choices.
QByteArray usageChunk(int promptTokens, int completionTokens);

} // namespace lunargate::test
