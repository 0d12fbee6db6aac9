// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/call_facts.h"

#include "gateway/config/config.h"

#include <QUrl>

namespace lunargate {

namespace {

constexpr int kFirstErrorStatus = 400;

void addServer(AttributeList &attributes, const NameTable &names, const QByteArray &baseUrl)
{
    const QUrl url = QUrl::fromEncoded(baseUrl);
    if (url.host().isEmpty())
        return; // the simulator is nowhere
    constexpr int kHttp = 80;
    constexpr int kHttps = 443;
    attributes.add(names.serverAddress, url.host().toUtf8());
    attributes.add(names.serverPort,
                   std::optional<qint64>(url.port(url.scheme() == QLatin1StringView("https") ? kHttps : kHttp)));
}

} // namespace

bool isEmbeddings(const RequestRecord &record)
{
    return record.endpoint.endsWith("embeddings");
}

const char *operationOf(const RequestRecord &record)
{
    return isEmbeddings(record) ? "embeddings" : "chat";
}

void addCall(AttributeList &attributes, const NameTable &names, const TracedRequest &request,
             const QByteArray &provider, QByteArrayView model)
{
    const ProviderConfig *config = request.config->provider(provider);
    attributes.add(names.operation, operationOf(request.record));
    attributes.add(names.providerName, config ? conventionalProvider(config->type) : QByteArray("none"));
    attributes.add(names.requestModel, model);
    if (config)
        addServer(attributes, names, config->baseUrl);
}

QByteArray errorTypeOf(const AttemptRecord &attempt)
{
    if (attempt.outcome == AttemptOutcome::Success)
        return {};
    if (attempt.status >= kFirstErrorStatus)
        return QByteArray::number(attempt.status);
    return attempt.errorReason.isEmpty() ? QByteArray(outcomeLabel(attempt.outcome)) : attempt.errorReason;
}

QByteArray errorTypeOf(const RequestRecord &record)
{
    if (!record.hasFailed())
        return {};
    return record.errorKind == ErrorKind::UpstreamStatus ? QByteArray::number(record.status) : record.errorReason;
}

TimePoint endOf(const AttemptRecord &attempt, const RequestRecord &record)
{
    return attempt.finishedAt.value_or(record.finishedAt.value_or(attempt.startedAt));
}

} // namespace lunargate
