// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/caller.h"

#include <algorithm>

namespace lunargate {

bool CallerRights::allowsRoute(QByteArrayView route) const
{
    return routes.empty() || std::ranges::any_of(routes, [&](const QByteArray &allowed) { return allowed == route; });
}

bool CallerRights::allowsModel(QByteArrayView provider, QByteArrayView model) const
{
    if (models.empty())
        return true;
    const QByteArray id = provider.toByteArray() + '/' + model.toByteArray();
    return std::ranges::any_of(models, [&](const QByteArray &pattern) {
        return matchesPattern(pattern, id) || matchesPattern(pattern, model);
    });
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
