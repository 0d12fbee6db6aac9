// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/network_transport.h"

#include "gateway/upstream/failed_call.h"
#include "gateway/upstream/network_call.h"
#include "gateway/upstream/request_check.h"
#include "gateway/version.h"

#include <QHttp1Configuration>
#include <QHttpHeaders>
#include <QLoggingCategory>
#include <QNetworkRequest>
#include <QSslCertificate>

namespace lunargate {

namespace {

Q_LOGGING_CATEGORY(log, "lunargate.upstream")

// As many as QHttp1Configuration takes.
constexpr qsizetype kConnectionsPerHost = 255;
// How long an idle connection is kept.
constexpr int kIdleConnectionSeconds = 90;

QSslConfiguration tlsConfiguration(const QByteArray &extraCertificateFile)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (extraCertificateFile.isEmpty())
        return configuration;
    const QString file = QString::fromUtf8(extraCertificateFile);
    const QList<QSslCertificate> extra = QSslCertificate::fromPath(file);
    if (extra.isEmpty()) {
        qCWarning(log).noquote() << "SSL_CERT_FILE names a file without a readable certificate:" << file;
        return configuration;
    }
    configuration.setCaCertificates(QSslConfiguration::systemCaCertificates() + extra);
    return configuration;
}

QByteArray originOf(const QUrl &url)
{
    return url.toEncoded(QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
}

QHttpHeaders toQtHeaders(const UpstreamRequest &request)
{
    QHttpHeaders headers;
    for (const HeaderList::Field &field : request.headers) {
        const QLatin1StringView name(field.name);
        if (headers.contains(name)) { // Qt would send the last one only; a list means the same (RFC 9110 section 5.3)
            headers.replaceOrAppend(name, QLatin1StringView(headers.combinedValue(name) + ", " + field.value));
        } else {
            headers.append(name, QLatin1StringView(field.value));
        }
    }
    const auto setDefault = [&headers](QHttpHeaders::WellKnownHeader name, const QByteArray &value) {
        if (!headers.contains(name))
            headers.append(name, value);
    };
    // Qt would claim otherwise: gzip and others, the system's language, Mozilla, a form.
    setDefault(QHttpHeaders::WellKnownHeader::AcceptEncoding, "identity");
    setDefault(QHttpHeaders::WellKnownHeader::AcceptLanguage, "*");
    setDefault(QHttpHeaders::WellKnownHeader::UserAgent, QByteArray("lunargate/") + version());
    if (!request.body.isEmpty())
        setDefault(QHttpHeaders::WellKnownHeader::ContentType, "application/octet-stream");
    headers.removeAll(QHttpHeaders::WellKnownHeader::ContentLength); // Qt counts the body, if there is one
    if (request.body.isEmpty() && request.method != "GET" && request.method != "HEAD")
        headers.append(QHttpHeaders::WellKnownHeader::ContentLength, "0");
    return headers;
}

} // namespace

NetworkTransport::NetworkTransport(Options options)
    : m_proxies(std::move(options.proxies)),
      m_tls(tlsConfiguration(options.extraCertificateFile)),
      m_pool(m_proxies, options.limits)
{
}

std::unique_ptr<UpstreamCall> NetworkTransport::send(UpstreamRequest request)
{
    const Result<QNetworkRequest> prepared = prepare(request);
    if (!prepared)
        return std::make_unique<FailedCall>(prepared.error());
    if (const auto proxy = m_proxies.proxyFor(request.url); !proxy)
        return std::make_unique<FailedCall>(proxy.error());
    std::optional<ConnectionPool::Lease> lease = m_pool.take(originOf(request.url));
    if (!lease) {
        return std::make_unique<FailedCall>(
            Error{.kind = ErrorKind::Overloaded,
                  .reason = "connection_pool_full",
                  .message = "Too many calls to " + request.url.host(QUrl::FullyEncoded).toLatin1() +
                             " are under way: the connection pool is full. Try again when some have ended."});
    }
    return std::make_unique<NetworkCall>(*std::move(lease), *prepared, std::move(request));
}

Result<QNetworkRequest> NetworkTransport::prepare(const UpstreamRequest &request) const
{
    if (const Result<void> checked = checkRequest(request); !checked)
        return std::unexpected(checked.error());

    QNetworkRequest prepared(request.url);
    prepared.setHeaders(toQtHeaders(request));
    prepared.setSslConfiguration(m_tls);
    QHttp1Configuration http1;
    http1.setNumberOfConnectionsPerHost(kConnectionsPerHost);
    prepared.setHttp1Configuration(http1);
    prepared.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    prepared.setAttribute(QNetworkRequest::ConnectionCacheExpiryTimeoutSecondsAttribute, kIdleConnectionSeconds);
    prepared.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    prepared.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    prepared.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    prepared.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    prepared.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    // Without this Qt reads a body of known length at once into a buffer of its own, past setReadBufferSize().
    prepared.setAttribute(QNetworkRequest::MaximumDownloadBufferSizeAttribute, 0);
    return prepared;
}

} // namespace lunargate
