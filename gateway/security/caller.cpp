// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/caller.h"

#include "gateway/config/config.h"
#include "gateway/config/provider_presets.h"

#include <algorithm>
#include <iterator>

namespace lunargate {

namespace {

bool isProvider(const QByteArray &name, const Config &config)
{
    return config.provider(name) || findProviderPreset(name);
}

QByteArray kindPrefix(CredentialKind kind)
{
    switch (kind) {
    case CredentialKind::Key:
        return "key:";
    case CredentialKind::Token:
        return "token:";
    case CredentialKind::BuiltIn:
        return "built-in:";
    case CredentialKind::AdminToken:
        return "admin:";
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

bool ModelPattern::matches(QByteArrayView whole, QByteArrayView model) const
{
    return matchesPattern(text, whole) || (!hasProvider && matchesPattern(text, model));
}

std::vector<ModelPattern> modelPatterns(const std::vector<QByteArray> &texts, const Config &config)
{
    std::vector<ModelPattern> patterns;
    std::ranges::transform(texts, std::back_inserter(patterns), [&](const QByteArray &text) {
        const qsizetype slash = text.indexOf('/');
        return ModelPattern{.text = text, .hasProvider = slash >= 0 && isProvider(text.first(slash), config)};
    });
    return patterns;
}

bool CallerRights::allowsRoute(QByteArrayView route) const
{
    return routes.empty() || std::ranges::any_of(routes, [&](const QByteArray &allowed) { return allowed == route; });
}

bool CallerRights::allowsModel(QByteArrayView provider, QByteArrayView model) const
{
    if (models.empty())
        return true;
    const QByteArray whole = provider.toByteArray() + '/' + model.toByteArray();
    return std::ranges::any_of(models, [&](const ModelPattern &allowed) { return allowed.matches(whole, model); });
}

QByteArray Caller::identity() const
{
    if (name.isEmpty())
        return "address:" + address;
    return kindPrefix(kind) + name;
}

bool matchesPattern(QByteArrayView pattern, QByteArrayView text)
{
    qsizetype at = 0;
    qsizetype in = 0;
    qsizetype star = -1;    // the last one
    qsizetype resumeAt = 0; // where in `text` what follows it was tried
    while (in < text.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            resumeAt = in;
        } else if (at < pattern.size() && pattern[at] == text[in]) {
            ++at;
            ++in;
        } else if (star >= 0) { // the star takes one more
            at = star + 1;
            in = ++resumeAt;
        } else {
            return false;
        }
    }
    return std::ranges::all_of(pattern.sliced(at), [](char c) { return c == '*'; });
}

} // namespace lunargate
