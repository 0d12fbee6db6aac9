// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/document.h"
#include "gateway/providers/provider.h"
#include "gateway/providers/upstream_errors.h"
#include "gateway/upstream/ndjson_reader.h"

namespace lunargate {

/// Reads a provider stream that comes as one JSON value a line: the framing, the end and what breaks. What the values
/// mean is the protocol's.
class LineStreamReader : public ChatStreamReader
{
public:
    void feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events) final;
    void finish(std::vector<ChatStreamEvent> &events) final;

protected:
    using Events = std::vector<ChatStreamEvent>;

    /// The next line. Not called any more after end() or fail().
    virtual void read(json::Value line, Events &events) = 0;
    /// The same with its bytes, without the line's end.
    virtual void readLine(const QByteArray &, json::Value line, Events &events) { read(line, events); }

    void end(Events &events);
    void fail(Error error, Events &events);

private:
    void dispatch(const QByteArray &line, Events &events);

    NdjsonReader m_ndjson{kMaxEventBytes};
    std::vector<QByteArray> m_lines;
    bool m_ended = false;
};

} // namespace lunargate
