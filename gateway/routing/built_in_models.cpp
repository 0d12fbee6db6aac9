// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/built_in_models.h"

#include "gateway/config/config.h"

#include <QUrl>

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

struct TypeRow
{
    QByteArrayView type;
    QByteArrayView defaultModel;
    QLatin1StringView vendorHost; ///< empty: built-in models do not depend on the address
    std::vector<QByteArray> models;
};

// The documented names; the list is a help for model pickers, not a limit on what can be asked for.
const std::vector<TypeRow> &types()
{
    static const std::vector<TypeRow> rows = {
        {"openai",
         "gpt-4-turbo",
         QLatin1StringView("api.openai.com"),
         {"gpt-4-turbo", "gpt-4", "gpt-4o", "gpt-4o-mini", "gpt-3.5-turbo", "text-embedding-3-small",
          "text-embedding-3-large", "text-embedding-ada-002"}},
        {"anthropic",
         "claude-3-sonnet-20240229",
         QLatin1StringView("api.anthropic.com"),
         {"claude-3-opus-20240229", "claude-3-sonnet-20240229", "claude-3-haiku-20240307",
          "claude-3-5-sonnet-20241022"}},
        {"ollama", "llama3.2", {}, {}},
    };
    return rows;
}

const TypeRow *typeOf(const ProviderConfig &provider)
{
    const auto it = std::ranges::find(types(), QByteArrayView(provider.type), &TypeRow::type);
    return it == types().end() ? nullptr : std::to_address(it);
}

bool isVendorAddress(const QByteArray &baseUrl, QLatin1StringView vendorHost)
{
    if (baseUrl.isEmpty())
        return true;
    const QString host = QUrl::fromEncoded(baseUrl).host();
    // Regional addresses such as eu.api.openai.com serve the same models.
    return host == vendorHost || (host.endsWith(vendorHost) && host.chopped(vendorHost.size()).endsWith(u'.'));
}

} // namespace

QByteArray defaultModelOf(const ProviderConfig &provider)
{
    if (!provider.defaultModel.isEmpty())
        return provider.defaultModel;
    const TypeRow *row = typeOf(provider);
    return row ? row->defaultModel.toByteArray() : QByteArray();
}

std::vector<QByteArray> builtInModelsOf(const ProviderConfig &provider)
{
    const TypeRow *row = typeOf(provider);
    if (!row)
        return {};
    if (row->vendorHost.isEmpty())
        return {defaultModelOf(provider)};
    return isVendorAddress(provider.baseUrl, row->vendorHost) ? row->models : std::vector<QByteArray>{};
}

} // namespace lunargate
