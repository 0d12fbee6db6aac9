// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/fetch_public_keys.h"

#include <QFile>

#include <filesystem>

namespace lunargate {

namespace {

Error failure(const QByteArray &message)
{
    return {.kind = ErrorKind::UpstreamProtocol, .reason = "invalid_key_set", .message = message};
}

} // namespace

Task<Result<PublicKeys>> fetchPublicKeys(SecurityConfig::Jwt settings, Transport &network)
{
    const TimePoint deadline = deadlineIn(settings.timeout);
    UpstreamRequest request{.method = "GET",
                            .url = QUrl::fromEncoded(settings.jwksUrl),
                            .headers = {{"Accept", "application/json"}},
                            .body = {},
                            .connectTimeout = settings.timeout};
    const std::unique_ptr<UpstreamCall> call = network.send(std::move(request));
    const Result<UpstreamHead> head = co_await call->head(deadline);
    if (!head)
        co_return std::unexpected(head.error());
    if (head->status != 200)
        co_return std::unexpected(failure("the address of the public keys answered with status " +
                                          QByteArray::number(head->status) + " instead of 200"));
    QByteArray body;
    for (;;) {
        const Result<QByteArray> bytes = co_await call->read(deadline);
        if (!bytes)
            co_return std::unexpected(bytes.error());
        if (bytes->isEmpty())
            co_return PublicKeys::read(body);
        body += *bytes;
        if (body.size() > PublicKeys::kLargestSet)
            co_return std::unexpected(failure("the address of the public keys sent more than 1 MiB"));
    }
}

Result<PublicKeys> readPublicKeyFile(const SecurityConfig::Jwt &settings)
{
    QFile file(QString::fromUtf8(settings.jwksFile));
    if (!file.open(QIODevice::ReadOnly))
        return std::unexpected(failure("the file with the public keys cannot be read: " + file.errorString().toUtf8()));
    return PublicKeys::read(file.read(PublicKeys::kLargestSet + 1));
}

QByteArray stampOfPublicKeyFile(const SecurityConfig::Jwt &settings)
{
    std::error_code failed;
    const std::filesystem::path path(settings.jwksFile.toStdString());
    const auto writtenAt = std::filesystem::last_write_time(path, failed);
    const auto size = failed ? 0 : std::filesystem::file_size(path, failed);
    if (failed)
        return {};
    return QByteArray::number(static_cast<qint64>(writtenAt.time_since_epoch().count())) + ' ' +
           QByteArray::number(static_cast<quint64>(size));
}

} // namespace lunargate
