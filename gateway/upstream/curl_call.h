// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/curl_multi.h"
#include "gateway/upstream/curl_request.h"
#include "gateway/upstream/waiting_call.h"

#include <array>

namespace lunargate {

/// One HTTP request of CurlTransport on its way: turns curl's callbacks into answers to head() and read().
class CurlCall : public WaitingCall, private CurlTransfer
{
public:
    /// Starts it. `multi` must outlive it.
    CurlCall(CurlMulti &multi, const CurlSettings &settings, const QNetworkProxy &proxy, UpstreamRequest request);
    ~CurlCall() override;

    std::optional<PhaseTimes> phaseTimes() override;

private:
    static size_t onHeaderLine(const char *line, size_t one, size_t size, void *self);
    static size_t onBody(const char *bytes, size_t one, size_t size, void *self);
    static size_t onUpload(char *to, size_t one, size_t most, void *self);
    static int onConnected(void *self, char *remote, char *local, int remotePort, int localPort);

    void onDone(CURLcode code) override;
    void onChanged() override;

    bool hasHead() const override { return m_hasHead; }
    UpstreamHead takeHead() override;
    QByteArray takeBuffered() override;
    CallFacts facts() const override;
    void abandon() override { release(); }

    bool takeHeaderLine(QByteArrayView line);
    void startUpload();
    size_t giveUpload(char *to, size_t most);
    qsizetype giveBeginning(char *to, qsizetype most);
    void resumeUpload();
    Error failure(CURLcode code) const;
    void giveBackHandle();
    void release();

    CurlMulti &m_multi;
    CURL *m_handle; // null after the end, a failure, or release()
    CurlRequest m_request;
    QByteArray m_host;
    bool m_tls;
    bool m_usesProxy;
    std::array<char, CURL_ERROR_SIZE> m_errorText{};

    QByteArray m_headLines;    // of the block that comes in
    qsizetype m_headBytes = 0; // of all blocks
    int m_status = 0;
    std::optional<PhaseTimes> m_phaseTimes; // once somebody asked, or the handle is gone
    bool m_hasHead = false;
    bool m_isHeadTooLarge = false;
    int m_sends = 0; // times that curl began to send it
    bool m_isResendRefused = false;
    QByteArray m_buffer; // what read() has not taken
    bool m_isPaused = false;
    qsizetype m_sentOfBody = 0; // with CurlRequest::rest()
    bool m_isUploadPaused = false;
    bool m_isUploadOver = false;
};

} // namespace lunargate
