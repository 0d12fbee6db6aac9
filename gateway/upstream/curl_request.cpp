// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_request.h"

#include "gateway/upstream/request_headers.h"

#include <algorithm>

namespace lunargate {

namespace {

// How much curl reads at a time: it bounds what a paused call holds beyond its own buffer.
constexpr long kReadSize = 64L * 1024;
// How much of a body curl writes at a time. Its default of 64 KiB means eight system calls for half a megabyte.
constexpr long kWriteSize = 256L * 1024;
// The least that curl takes. A call keeps it to its end, so that thousands of streams with short requests need it
// small.
constexpr long kSmallWriteSize = 16L * 1024;
// Up to this size a body leaves together with its head in one piece of that.
constexpr qsizetype kSmallBody = 8L * 1024;
// How long an idle connection is kept.
constexpr long kIdleConnectionSeconds = 90;

/// Sets options one by one and keeps the first failure.
class Options
{
public:
    explicit Options(CURL *handle) : m_handle(handle) {}

    template <typename Value>
    void set(CURLoption option, Value value)
    {
        if (m_result == CURLE_OK)
            m_result = curl_easy_setopt(m_handle, option, value);
    }
    CURLcode result() const { return m_result; }

private:
    CURL *m_handle;
    CURLcode m_result = CURLE_OK;
};

// HTTP/2 is for whole answers only: curl grants one of its streams a window of 10 MiB and has no option to make it
// smaller, so a stream that its reader holds back would fill the memory. And libcurl before 8.14 does not open the
// window again after a pause: the transfer stalls (curl/curl pull request 16960).
long httpVersion(bool isStream)
{
    constexpr unsigned int fixedIn = 0x080e00;
    static const bool hasHttp2 = [] {
        const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
        return (built->features & CURL_VERSION_HTTP2) != 0 && built->version_num >= fixedIn;
    }();
    return hasHttp2 && !isStream ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
}

void setProxy(Options &options, const QNetworkProxy &proxy)
{
    // Both always, or curl reads the environment by itself, by other rules.
    options.set(CURLOPT_NOPROXY, "");
    if (proxy.type() == QNetworkProxy::NoProxy) {
        options.set(CURLOPT_PROXY, "");
        return;
    }
    QByteArray host = proxy.hostName().toUtf8();
    if (host.contains(':'))
        host = '[' + host + ']';
    options.set(CURLOPT_PROXY, host.constData());
    options.set(CURLOPT_PROXYPORT, static_cast<long>(proxy.port()));
    // The proxy looks names up in both cases.
    options.set(
        CURLOPT_PROXYTYPE,
        static_cast<long>(proxy.type() == QNetworkProxy::Socks5Proxy ? CURLPROXY_SOCKS5_HOSTNAME : CURLPROXY_HTTP));
    options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // Apart from the host: curl's messages quote that.
    if (!proxy.user().isEmpty()) {
        options.set(CURLOPT_PROXYUSERNAME, proxy.user().toUtf8().constData());
        options.set(CURLOPT_PROXYPASSWORD, proxy.password().toUtf8().constData());
    }
}

void setTls(Options &options, const CurlSettings &settings)
{
    options.set(CURLOPT_SSL_VERIFYPEER, 1L);
    options.set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!settings.certificates.isEmpty()) {
        curl_blob blob{.data = const_cast<char *>(settings.certificates.constData()),
                       .len = static_cast<size_t>(settings.certificates.size()),
                       .flags = CURL_BLOB_NOCOPY};
        options.set(CURLOPT_CAINFO_BLOB, &blob);
        options.set(CURLOPT_CAPATH, static_cast<char *>(nullptr));
    } else if (!settings.certificateFile.isEmpty()) {
        // Without a directory beside the file curl keeps the parsed certificates; with one, and from a blob, it parses
        // some 140 of them for every new connection, which keeps them (lib/vtls/openssl.c, Curl_ssl_setup_x509_store).
        options.set(CURLOPT_CAINFO, settings.certificateFile.constData());
        options.set(CURLOPT_CAPATH, static_cast<char *>(nullptr));
    }
}

} // namespace

CurlRequest::CurlRequest(UpstreamRequest request) : m_request(std::move(request)) {}

bool CurlRequest::addLine(const QByteArray &line)
{
    curl_slist *former = m_headerLines.release();
    curl_slist *lines = curl_slist_append(former, line.constData()); // which has what was there in it
    m_headerLines.reset(lines ? lines : former);
    return lines != nullptr;
}

bool CurlRequest::makeHeaderLines()
{
    HeaderList &headers = m_request.headers;
    completeHeaders(headers, !m_request.body.isEmpty() || m_request.rest); // curl counts the body itself
    if (m_request.rest && !uploadSize())
        headers.add("Transfer-Encoding", "chunked"); // curl frames it so then

    bool isComplete = addLine("Expect:"); // a name without a value: curl must not send this header by itself
    if (!headers.contains("Accept"))
        isComplete = isComplete && addLine("Accept:");
    if (!headers.contains("Content-Type"))
        isComplete = isComplete && addLine("Content-Type:");
    for (const HeaderList::Field &field : headers) {
        const QByteArray value = field.value.trimmed();
        isComplete = isComplete && addLine(value.isEmpty() ? field.name + ';' : field.name + ": " + value);
    }
    headers = {}; // the lines hold it all
    return isComplete;
}

std::optional<qint64> CurlRequest::uploadSize() const
{
    return m_request.rest->left().transform([this](qint64 left) { return m_request.body.size() + left; });
}

void CurlRequest::releaseSent(CURL *handle)
{
    if (m_request.rest)
        return;
    curl_off_t sent = 0;
    const bool isSent = !handle || (curl_easy_getinfo(handle, CURLINFO_SIZE_UPLOAD_T, &sent) == CURLE_OK &&
                                    sent >= m_request.body.size());
    if (!isSent)
        return;
    m_request.body = {};
    if (handle)
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, nullptr);
    m_headerLines.reset();
}

CURLcode CurlRequest::apply(CURL *handle, const CurlSettings &settings, const QNetworkProxy &proxy)
{
    if (!makeHeaderLines())
        return CURLE_OUT_OF_MEMORY;
    // Left at curl's defaults: no redirects, cookies, authentication, netrc, decompression; TCP_NODELAY; happy
    // eyeballs.
    Options options(handle);
    const QByteArray url = m_request.url.toEncoded(QUrl::RemoveUserInfo | QUrl::RemoveFragment);
    options.set(CURLOPT_URL, url.constData());
    options.set(CURLOPT_PATH_AS_IS, 1L);
    options.set(CURLOPT_PROTOCOLS_STR, "http,https");
    options.set(CURLOPT_NOSIGNAL, 1L);
    options.set(CURLOPT_QUICK_EXIT, 1L); // an aborted call does not wait for its thread that looks up a name
    options.set(CURLOPT_HTTP_VERSION, httpVersion(m_request.isStream));
    options.set(CURLOPT_BUFFERSIZE, kReadSize);
    options.set(CURLOPT_MAXAGE_CONN, kIdleConnectionSeconds);
    // A model may think for minutes without a byte, and routers forget what is silent. A probe each 60 s (curl's
    // default).
    options.set(CURLOPT_TCP_KEEPALIVE, 1L);
    // Zero would mean curl's default of 300 s.
    const auto limit = m_request.connectTimeout.count();
    options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limit <= 0 ? INT_MAX : std::min<qint64>(limit, INT_MAX)));
    setProxy(options, proxy);
    setTls(options, settings);

    // A kept connection can turn out to be dead; then it would have to be sent again.
    if (mostSends() == 1)
        options.set(CURLOPT_FRESH_CONNECT, 1L);
    options.set(CURLOPT_HTTPHEADER, m_headerLines.get());
    if (m_request.method == "HEAD") {
        options.set(CURLOPT_NOBODY, 1L);
    } else if (m_request.rest) {
        options.set(CURLOPT_POST, 1L); // CurlCall has the bytes read
        options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(uploadSize().value_or(-1)));
        options.set(CURLOPT_UPLOAD_BUFFERSIZE, kWriteSize);
        if (m_request.method != "POST")
            options.set(CURLOPT_CUSTOMREQUEST, m_request.method.constData());
    } else if (m_request.method != "GET" || !m_request.body.isEmpty()) {
        options.set(CURLOPT_POST, 1L);
        options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(m_request.body.size()));
        options.set(CURLOPT_POSTFIELDS, m_request.body.constData()); // not copied
        if (m_request.body.size() > kReadSize)
            options.set(CURLOPT_UPLOAD_BUFFERSIZE, kWriteSize);
        else if (m_request.body.size() <= kSmallBody)
            options.set(CURLOPT_UPLOAD_BUFFERSIZE, kSmallWriteSize);
        if (m_request.method != "POST")
            options.set(CURLOPT_CUSTOMREQUEST, m_request.method.constData());
    }
    return options.result();
}

} // namespace lunargate
