// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/response_writer.h"
#include "gateway/own_requests/own_call.h"

namespace lunargate {

/// Leaves an answer, as it comes, where another thread takes it.
class RelayedResponse final : public ResponseWriter
{
public:
    /// More may not wait; what comes then is forgotten.
    static constexpr qsizetype kMostWaiting = 32 * 1024 * 1024;

    explicit RelayedResponse(std::shared_ptr<OwnAnswer> answer) : ResponseWriter(false), m_answer(std::move(answer)) {}

private:
    void putWhole(QByteArrayView contentType, QByteArrayView body) override;
    void putHead(QByteArrayView contentType) override;
    void putPiece(QByteArrayView bytes) override;
    void putEnd() override {}
    qint64 waitingBytes() const override { return 0; }

    const std::shared_ptr<OwnAnswer> m_answer;
};

} // namespace lunargate
