// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/models/fetch_models.h"

#include <iterator>

namespace lunargate {

namespace {

// OpenRouter, which has the longest list, needs less than 1 MiB for all of it.
constexpr qsizetype kMaxPageBytes = 16 * 1024 * 1024;
// A provider that always names a next page must not be asked for ever.
constexpr int kMaxPages = 20;
constexpr qsizetype kMaxErrorBytes = 1024 * 1024;
constexpr std::chrono::seconds kErrorBodyTimeout{5};

Error failure(const Provider &provider, const char *reason, const QByteArray &problem)
{
    return {.kind = ErrorKind::UpstreamProtocol,
            .reason = reason,
            .message = "provider '" + provider.config().id + "' " + problem};
}

// Stops when `limit` is passed.
Task<Result<QByteArray>> readBody(UpstreamCall &call, TimePoint deadline, qsizetype limit)
{
    QByteArray body;
    while (body.size() <= limit) {
        Result<QByteArray> bytes = co_await call.read(deadline);
        if (!bytes || bytes->isEmpty()) {
            if (bytes)
                bytes = std::move(body);
            co_return bytes;
        }
        body.append(*bytes);
    }
    co_return body;
}

Task<Result<ModelPage>> fetchPage(const Provider &provider, Transport &network, UpstreamRequest request,
                                  TimePoint deadline)
{
    const std::unique_ptr<UpstreamCall> call = provider.send(network, std::move(request));
    const Result<UpstreamHead> head = co_await call->head(deadline);
    if (!head)
        co_return std::unexpected(head.error());
    if (head->status >= 400) { // whatever comes of the body: the status is what counts
        const TimePoint soon = std::min(deadline, Clock::now() + kErrorBodyTimeout);
        const Result<QByteArray> text = co_await readBody(*call, soon, kMaxErrorBytes);
        co_return std::unexpected(provider.readError(*head, text.value_or(QByteArray())).error);
    }
    const Result<QByteArray> body = co_await readBody(*call, deadline, kMaxPageBytes);
    if (!body)
        co_return std::unexpected(body.error());
    if (body->size() > kMaxPageBytes)
        co_return std::unexpected(failure(provider, "upstream_answer_too_large", "sent a model list over 16 MiB"));
    if (head->status >= 300) {
        const QByteArray status = QByteArray::number(head->status);
        co_return std::unexpected(
            failure(provider, "upstream_redirect", "answered with status " + status + ", which is not followed"));
    }
    co_return provider.readModels(*body);
}

} // namespace

Task<Result<std::vector<ProviderModel>>> fetchModels(std::shared_ptr<const Provider> provider, Transport &network,
                                                     TimePoint deadline)
{
    std::vector<ProviderModel> models;
    QByteArray wanted;
    for (int pages = 0; pages < kMaxPages; ++pages) {
        std::optional<UpstreamRequest> request = provider->modelsRequest(wanted);
        if (!request)
            co_return std::unexpected(failure(*provider, "models_not_supported", "has no model list to fetch"));
        Result<ModelPage> page = co_await fetchPage(*provider, network, *std::move(request), deadline);
        if (!page)
            co_return std::unexpected(std::move(page.error()));
        std::ranges::move(page->models, std::back_inserter(models));
        if (page->nextPage.isEmpty() || page->nextPage == wanted)
            co_return models;
        wanted = std::move(page->nextPage);
    }
    co_return models;
}

} // namespace lunargate
