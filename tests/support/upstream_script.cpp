// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/upstream_script.h"

namespace lunargate::test {

namespace {

QByteArray jsonString(QByteArrayView text)
{
    QByteArray out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c == '\n' ? QByteArrayView("\\n") : QByteArrayView(&c, 1);
    }
    return out + '"';
}

} // namespace

QByteArray chatChunk(const QByteArray &delta, const QByteArray &finishReason)
{
    return R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1775000000,"model":"upstream-model",)"
           R"("choices":[{"index":0,"delta":)" +
           delta + R"(,"finish_reason":)" + finishReason + "}]}";
}

QByteArray usageChunk(int promptTokens, int completionTokens)
{
    return R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1775000000,"model":"upstream-model",)"
           R"("choices":[],"usage":{"prompt_tokens":)" +
           QByteArray::number(promptTokens) + R"(,"completion_tokens":)" + QByteArray::number(completionTokens) +
           R"(,"total_tokens":)" + QByteArray::number(promptTokens + completionTokens) + "}}";
}

Script Script::json(int status, const QByteArray &body, const HeaderList &extra)
{
    HeaderList headers = extra;
    if (!headers.contains("Content-Type"))
        headers.add("Content-Type", "application/json");
    headers.add("Content-Length", QByteArray::number(body.size()));
    return head(status, headers, Framing::ContentLength).body(body).end();
}

Script Script::chat(QByteArrayView content)
{
    return json(
        200, R"({"id":"chatcmpl-1","object":"chat.completion","created":1775000000,"model":"upstream-model",)"
             R"("choices":[{"index":0,"message":{"role":"assistant","content":)" +
                 jsonString(content) +
                 R"(},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}})");
}

Script Script::chatStream(const std::vector<QByteArray> &contents)
{
    Script script = eventStream();
    script.data(chatChunk(R"({"role":"assistant","content":""})"));
    for (const QByteArray &piece : contents)
        script.content(piece);
    return script.data(chatChunk("{}", "\"stop\"")).data(usageChunk(7, 3)).data("[DONE]").end();
}

Script Script::eventStream(const HeaderList &extra)
{
    HeaderList headers = extra;
    if (!headers.contains("Content-Type"))
        headers.add("Content-Type", "text/event-stream");
    return head(200, headers, Framing::Chunked);
}

Script Script::head(int status, const HeaderList &headers, Framing framing)
{
    Script script;
    QByteArray bytes = "HTTP/1.1 " + QByteArray::number(status) + " Status\r\n";
    for (const HeaderList::Field &field : headers)
        bytes += field.name + ": " + field.value + "\r\n";
    if (framing == Framing::Chunked)
        bytes += "Transfer-Encoding: chunked\r\n";
    script.wire(bytes + "\r\n");
    script.m_framing = framing;
    return script;
}

Script &Script::content(QByteArrayView text)
{
    return data(chatChunk(R"({"content":)" + jsonString(text) + "}"));
}

Script &Script::repeat(const QByteArray &bytes, int times)
{
    if (m_framing == Framing::Chunked)
        return send(QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n", times);
    return send(bytes, times);
}

Script &Script::wire(const QByteArray &bytes)
{
    return send(bytes);
}

Script &Script::hold(const GatePointer &gate)
{
    m_steps.push_back(Hold{gate});
    return *this;
}

Script &Script::end()
{
    if (m_framing == Framing::Chunked)
        return send("0\r\n\r\n");
    return m_framing == Framing::UntilClose ? close() : *this;
}

Script &Script::close()
{
    m_steps.push_back(Close{});
    return *this;
}

Script &Script::reset()
{
    m_steps.push_back(Close{.reset = true});
    return *this;
}

Script &Script::byteByByte()
{
    m_byteByByte = true;
    return *this;
}

Script &Script::send(const QByteArray &bytes, int times)
{
    if (!bytes.isEmpty())
        m_steps.push_back(Send{bytes, times, m_byteByByte});
    return *this;
}

} // namespace lunargate::test
