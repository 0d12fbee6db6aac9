// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/http_response_writer.h"
#include "gateway/http/request_parser.h"
#include "tests/bench/parts/agent_talk.h"
#include "tests/bench/parts/part.h"

#include <QTcpSocket>

namespace lunargate::bench {

namespace {

/// A connection whose other side takes everything at once.
class EndlessSocket final : public QTcpSocket
{
public:
    EndlessSocket()
    {
        setSocketState(ConnectedState);
        setOpenMode(ReadWrite | Unbuffered);
    }

    qsizetype taken() const { return m_taken; }
    qint64 bytesToWrite() const override { return 0; }

protected:
    qint64 writeData(const char *, qint64 size) override
    {
        m_taken += size;
        return size;
    }

private:
    qsizetype m_taken = 0;
};

QByteArray postOf(const QByteArray &body)
{
    return "POST /v1/chat/completions HTTP/1.1\r\n"
           "Host: 127.0.0.1:8080\r\n"
           "User-Agent: bench/1.0 (Linux; x86_64)\r\n"
           "Accept: application/json\r\n"
           "Accept-Encoding: gzip, deflate\r\n"
           "Connection: keep-alive\r\n"
           "Content-Type: application/json\r\n"
           "Authorization: Bearer bench-0123456789abcdef\r\n"
           "X-Stainless-Lang: python\r\n"
           "X-Stainless-Retry-Count: 0\r\n"
           "Content-Length: " +
           QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

// In pieces as they are read from a socket.
Part::Work parse(const QByteArray &body)
{
    static const ConnectionLimits kLimits;
    return [request = postOf(body), parser = std::make_unique<RequestParser>(kLimits)] {
        constexpr qsizetype kReadBytes = 64 * 1024;
        for (QByteArrayView rest = request; !rest.isEmpty();) {
            const qsizetype used = parser->feed(rest.first(std::min(rest.size(), kReadBytes)));
            if (used == 0)
                return qsizetype(0);
            rest = rest.sliced(used);
        }
        return parser->state() == RequestParser::State::Complete ? parser->takeRequest().body.size() : 0;
    };
}

void setUsualHeaders(ResponseWriter &writer)
{
    writer.setHeader("X-Request-Id", "00112233-4455-6677-8899-aabbccddeeff");
    writer.setHeader("X-LunarGate-Route", "default");
    writer.setHeader("X-LunarGate-Provider", "openai");
    writer.setHeader("X-LunarGate-Model", "openai/bench-model");
    writer.setHeader("X-LunarGate-Cache-Status", "MISS");
}

Part::Work answer()
{
    return [socket = std::make_unique<EndlessSocket>(), body = smallChatBody()] {
        const qsizetype before = socket->taken();
        HttpResponseWriter writer(socket.get(), 1, true, false);
        setUsualHeaders(writer);
        writer.send(200, "application/json", body);
        return socket->taken() - before;
    };
}

Part::Work stream()
{
    const QByteArray frame = "data: " + QByteArray(180, 'x') + "\n\n";
    return [socket = std::make_unique<EndlessSocket>(), frame] {
        constexpr int kFrames = 200;
        const qsizetype before = socket->taken();
        HttpResponseWriter writer(socket.get(), 1, true, false);
        setUsualHeaders(writer);
        writer.startStream(200, "text/event-stream; charset=utf-8");
        for (int count = 0; count < kFrames; ++count)
            writer.write(frame);
        writer.finishStream();
        return socket->taken() - before;
    };
}

} // namespace

std::vector<Part> httpParts()
{
    return {
        {"http/parse-small", 200, [] { return parse(smallChatBody()); }},
        {"http/parse-agent", 20, [] { return parse(agentChatBody()); }},
        {"http/answer", 200, &answer},
        {"http/stream", 20, &stream},
    };
}

} // namespace lunargate::bench
