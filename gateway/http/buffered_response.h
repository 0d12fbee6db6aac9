// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/response_writer.h"

namespace lunargate {

/// Keeps an answer in memory, for a request that the gateway itself makes.
class BufferedResponse final : public ResponseWriter
{
public:
    /// A longer body is forgotten.
    explicit BufferedResponse(qint64 maxBodyBytes) : ResponseWriter(false), m_maxBodyBytes(maxBodyBytes) {}

    const QByteArray &contentType() const { return m_contentType; }
    /// As far as it came; empty if it is too large.
    const QByteArray &body() const { return m_body; }
    bool isTooLarge() const { return bodyBytes() > m_maxBodyBytes; }

private:
    void putWhole(QByteArrayView contentType, QByteArrayView body) override;
    void putHead(QByteArrayView contentType) override { m_contentType = contentType.toByteArray(); }
    void putPiece(QByteArrayView bytes) override;
    void putEnd() override {}
    qint64 waitingBytes() const override { return 0; }

    qint64 m_maxBodyBytes;
    QByteArray m_contentType;
    QByteArray m_body;
};

} // namespace lunargate
