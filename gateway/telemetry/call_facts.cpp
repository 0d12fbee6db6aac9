// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/call_facts.h"

#include "gateway/config/config.h"

#include <QUrl>

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

constexpr int kFirstErrorStatus = 400;

struct OtherOperation
{
    QByteArrayView endpoint;
    const char *name = nullptr;
};

// The conventions know three of these (`gen_ai.operation.name`) and allow names of one's own.
constexpr OtherOperation kOtherOperations[] = {
    {"embeddings", "embeddings"},
    {"completions", "text_completion"},
    {"moderations", "moderations"},
    {"image_generations", "image_generations"},
    {"audio_speech", "audio_speech"},
    {"audio_transcriptions", "audio_transcriptions"},
    {"audio_translations", "audio_translations"},
    {"rerank", "rerank"},
    {"files", "files"},
    {"file_upload", "files"},
    {"file", "files"},
    {"file_delete", "files"},
    {"batches", "batches"},
    {"batch_create", "batches"},
    {"batch", "batches"},
    {"batch_cancel", "batches"},
};

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
    const auto known = std::ranges::find(kOtherOperations, record.endpoint, &OtherOperation::endpoint);
    return known == std::end(kOtherOperations) ? "chat" : known->name;
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
