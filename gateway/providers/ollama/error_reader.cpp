// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/error_reader.h"

namespace lunargate::ollama {

std::optional<ProviderComplaint> readComplaint(json::Value object)
{
    const json::Value error = object["error"];
    if (error.isObject()) {
        return ProviderComplaint{.message = error["message"].toByteArray(),
                                 .type = error["type"].toByteArray(),
                                 .code = error["code"].toByteArray(),
                                 .param = error["param"].toByteArray()};
    }
    if (error.string().isEmpty())
        return std::nullopt;
    return ProviderComplaint{.message = error.toByteArray()};
}

UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const std::optional<ProviderComplaint> complaint = document ? readComplaint(document->root()) : std::nullopt;
    return errorAnswer(head, body, complaint.value_or(ProviderComplaint()), key);
}

} // namespace lunargate::ollama
