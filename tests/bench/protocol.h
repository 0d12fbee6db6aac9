// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/bench/answers.h"

#include <span>
#include <string>
#include <string_view>

namespace lunargate::bench {

/// How a kind of provider is asked, and how it says what answers.h holds. Knows nothing of sockets and of time.
class Protocol
{
public:
    enum class Asked { Nothing, Completion, Stream };

    Protocol() = default;
    Protocol(const Protocol &) = delete;
    Protocol &operator=(const Protocol &) = delete;
    virtual ~Protocol() = default;

    virtual std::string_view name() const = 0;

    /// Where calls go, streams too, if a member `stream` of their bodies tells which they are.
    virtual std::string_view path() const { return {}; }

    /// What a POST of `body` to `target` (path and query) is; Nothing if this is not the protocol's.
    virtual Asked asked(std::string_view target, std::string_view body) const;

    /// The whole plain completion, about 1 KiB of JSON.
    virtual std::string completion(std::string_view text) const = 0;

    /// The media type of a stream.
    virtual std::string_view streamType() const { return "text/event-stream"; }

    // Server-sent events, each with its empty line (or lines of JSON).
    virtual std::string start() const { return {}; } ///< what comes before the first chunk, if anything does
    virtual std::string content(const ChunkStamp &stamp) const = 0;
    virtual std::string finish(int) const { return {}; } ///< what comes behind the last of so many chunks, if anything
    virtual std::string endMark(int chunks) const = 0;   ///< without it a client takes the stream for cut off
};

const Protocol &anthropicProtocol();
const Protocol &geminiProtocol();
const Protocol &ollamaProtocol();
const Protocol &openAiProtocol();
const Protocol &responsesProtocol();

/// All that the fake upstream speaks.
std::span<const Protocol *const> protocols();

/// Whether a body asks for a stream as OpenAI's and Anthropic's do, with a member of its own.
bool bodyAsksForStream(std::string_view body);

} // namespace lunargate::bench
