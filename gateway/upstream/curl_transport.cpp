// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_transport.h"

#include "gateway/upstream/curl_call.h"
#include "gateway/upstream/failed_call.h"
#include "gateway/upstream/request_check.h"

#include <QFile>
#include <QLoggingCategory>

namespace lunargate {

namespace {

Q_LOGGING_CATEGORY(log, "lunargate.upstream")

QByteArray contentOf(const QByteArray &fileName)
{
    QFile file(QFile::decodeName(fileName));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// The file that libcurl was built to use; empty if there is none.
QByteArray systemCertificateFile()
{
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), &curl_easy_cleanup);
    const char *bundle = nullptr;
    if (!handle || curl_easy_getinfo(handle.get(), CURLINFO_CAINFO, &bundle) != CURLE_OK || !bundle)
        return {};
    return QFile::exists(QFile::decodeName(bundle)) ? QByteArray(bundle) : QByteArray();
}

CurlSettings makeSettings(const QByteArray &extraCertificateFile)
{
    CurlSettings settings{.certificateFile = systemCertificateFile(), .certificates = {}};
    if (extraCertificateFile.isEmpty())
        return settings;
    const QByteArray extra = contentOf(extraCertificateFile);
    if (!extra.contains("-----BEGIN ")) {
        qCWarning(log).noquote() << "SSL_CERT_FILE names a file without a readable certificate:"
                                 << QFile::decodeName(extraCertificateFile);
        return settings;
    }
    const QByteArray all = contentOf(settings.certificateFile) + '\n' + extra;
    settings.ownFile = std::make_unique<SealedFile>(all);
    if (QByteArray path = settings.ownFile->path(); !path.isEmpty())
        settings.certificateFile = std::move(path);
    else
        settings.certificates = all;
    return settings;
}

} // namespace

CurlTransport::CurlTransport(Options options)
    : m_proxies(std::move(options.proxies)),
      m_settings(makeSettings(options.extraCertificateFile)),
      m_warm(m_multi, m_settings, m_proxies, options.warmTimes)
{
}

std::unique_ptr<UpstreamCall> CurlTransport::send(UpstreamRequest request)
{
    const auto fail = [&request](const Error &error) {
        if (request.rest)
            request.rest->settle();
        return std::make_unique<FailedCall>(error);
    };
    if (const Result<void> checked = checkRequest(request); !checked)
        return fail(checked.error());
    m_warm.noteUse(request.url);
    const auto proxy = m_proxies.proxyFor(request.url);
    if (!proxy)
        return fail(proxy.error());
    return std::make_unique<CurlCall>(m_multi, m_settings, *proxy, std::move(request));
}

} // namespace lunargate
