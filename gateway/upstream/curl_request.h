// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/upstream/sealed_file.h"
#include "gateway/upstream/transport.h"

#include <QNetworkProxy>

#include <curl/curl.h>

#include <memory>
#include <optional>

namespace lunargate {

/// What all calls of a CurlTransport have in common.
struct CurlSettings
{
    /// A file with certificate authorities; empty: what libcurl was built to use.
    QByteArray certificateFile;
    /// Certificate authorities in PEM, used instead of the file if not empty. libcurl parses them for each connection.
    QByteArray certificates;
    /// What certificateFile names, where that is no file of the system's.
    std::unique_ptr<const SealedFile> ownFile = {};
};

/// A request in the form that curl takes. Holds what curl only points to: it must outlive the transfer.
class CurlRequest
{
public:
    /// `request` has passed checkRequest().
    explicit CurlRequest(UpstreamRequest request);

    /// Sets every option that a call has, but for its callbacks, on a handle that has none.
    CURLcode apply(CURL *handle, const CurlSettings &settings, const QNetworkProxy &proxy);

    /// The answer has begun: lets go of header lines and body if all of it was sent over `handle`, which is null once
    /// the transfer is over. curl does not come back to them, as it repeats nothing that was answered.
    void releaseSent(CURL *handle);

    const QUrl &url() const { return m_request.url; }
    const QByteArray &body() const { return m_request.body; }
    /// What follows the body; null: nothing.
    const std::shared_ptr<IncomingBody> &rest() const { return m_request.rest; }
    /// How often it may go out, over whatever connection.
    int mostSends() const { return m_request.mayResend && !m_request.rest ? 2 : 1; }
    std::chrono::milliseconds connectTimeout() const { return m_request.connectTimeout; }

private:
    struct FreeLines
    {
        void operator()(curl_slist *lines) const { curl_slist_free_all(lines); }
    };

    bool addLine(const QByteArray &line);
    bool makeHeaderLines();
    /// Of body() and rest(); nothing if the latter does not say.
    std::optional<qint64> uploadSize() const;

    UpstreamRequest m_request;
    std::unique_ptr<curl_slist, FreeLines> m_headerLines;
};

} // namespace lunargate
