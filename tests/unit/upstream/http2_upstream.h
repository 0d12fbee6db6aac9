// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/unit/upstream/raw_upstream.h"
#include "tests/unit/upstream/tls_certificate.h"

#include <QtEndian>

namespace lunargate::test {

/// A server on 127.0.0.1 that speaks HTTP/2 over TLS (RFC 9113), in frames that the test sends, and HTTP/1.1 to clients
/// that want it: `requests` and `answer` are those of HTTP/1.1. It grants no more than the first 64 KiB of bodies.
class Http2Upstream : public RawUpstream
{
public:
    /// The error code of RST_STREAM that asks for HTTP/1.1 (section 7).
    static constexpr quint32 kHttp11Required = 0xd;

    /// A request over HTTP/2.
    struct Stream
    {
        QPointer<QTcpSocket> socket;
        quint32 id = 0;
    };

    Http2Upstream() : RawUpstream(kCertificate, kCertificateKey, {"h2", "http/1.1"}) {}

    /// Called with each complete request.
    std::function<void(const Stream &)> answerStream;
    /// All of them.
    QList<Stream> streams;

    /// Status 200 and no header.
    static void sendHead(const Stream &stream)
    {
        send(stream, kHeaders, kEndHeaders, "\x88"); // RFC 7541 appendix A: `:status: 200`, by its index
    }
    /// A piece of the body, after which more can come.
    static void sendBody(const Stream &stream, const QByteArray &bytes) { send(stream, kData, 0, bytes); }
    static void resetStream(const Stream &stream, quint32 errorCode)
    {
        QByteArray code(sizeof(errorCode), '\0');
        qToBigEndian(errorCode, code.data());
        send(stream, kReset, 0, code);
    }

protected:
    void onBytes(QTcpSocket *socket) override
    {
        if (!m_received.contains(socket) && socket->peek(4) != "PRI ")
            return RawUpstream::onBytes(socket);
        const auto [entry, isNew] = m_received.try_emplace(socket);
        if (isNew)
            send({.socket = socket, .id = 0}, kSettings, 0, {});
        QByteArray &bytes = entry->second;
        bytes += socket->readAll();
        if (bytes.startsWith("PRI ")) {
            if (bytes.size() < kPrefaceSize)
                return;
            bytes.remove(0, kPrefaceSize);
        }
        while (bytes.size() >= kFrameHeadSize) {
            const qsizetype size = kFrameHeadSize + (qFromBigEndian<quint32>(bytes.constData()) >> 8);
            if (bytes.size() < size)
                return;
            takeFrame(socket, bytes.first(kFrameHeadSize));
            bytes.remove(0, size);
        }
    }

private:
    // Section 3.4: `PRI * HTTP/2.0`, `SM`.
    static constexpr qsizetype kPrefaceSize = 24;
    // Section 4.1: 24 bits of length, type, flags, stream.
    static constexpr qsizetype kFrameHeadSize = 9;
    // Section 6: types and flags.
    static constexpr quint8 kData = 0;
    static constexpr quint8 kHeaders = 1;
    static constexpr quint8 kReset = 3;
    static constexpr quint8 kSettings = 4;
    static constexpr quint8 kEndStream = 0x1;
    static constexpr quint8 kAcknowledged = 0x1;
    static constexpr quint8 kEndHeaders = 0x4;

    static void send(const Stream &stream, quint8 type, quint8 flags, const QByteArray &payload)
    {
        QByteArray head(kFrameHeadSize, '\0');
        qToBigEndian(static_cast<quint32>(payload.size()) << 8 | type, head.data());
        head[4] = static_cast<char>(flags);
        qToBigEndian(stream.id, head.data() + 5);
        if (stream.socket)
            stream.socket->write(head + payload);
    }

    void takeFrame(QTcpSocket *socket, const QByteArray &head)
    {
        const auto type = static_cast<quint8>(head[3]);
        const auto flags = static_cast<quint8>(head[4]);
        const Stream stream{.socket = socket, .id = qFromBigEndian<quint32>(head.constData() + 5)};
        if (type == kSettings && (flags & kAcknowledged) == 0)
            send(stream, kSettings, kAcknowledged, {});
        if ((type != kHeaders && type != kData) || (flags & kEndStream) == 0)
            return;
        streams.append(stream);
        if (answerStream)
            answerStream(stream);
    }

    std::map<QTcpSocket *, QByteArray> m_received;
};

} // namespace lunargate::test
