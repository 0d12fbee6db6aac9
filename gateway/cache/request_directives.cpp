// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/request_directives.h"

#include <QByteArrayList>

namespace lunargate {

namespace {

bool isSame(QByteArrayView a, QByteArrayView b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

void apply(QByteArrayView directive, CacheDirectives &directives)
{
    if (isSame(directive, "no-store"))
        directives = {.mayAnswer = false, .mayKeep = false};
    else if (isSame(directive, "no-cache") || isSame(directive, "max-age=0"))
        directives.mayAnswer = false;
}

} // namespace

CacheDirectives cacheDirectives(const HeaderList &clientHeaders)
{
    CacheDirectives directives;
    for (const HeaderList::Field &field : clientHeaders) {
        if (isSame(field.name, "X-LunarGate-No-Cache")) {
            if (isSame(QByteArrayView(field.value).trimmed(), "true"))
                return {.mayAnswer = false, .mayKeep = false};
        } else if (isSame(field.name, "Cache-Control")) {
            for (const QByteArray &directive : field.value.split(','))
                apply(QByteArrayView(directive).trimmed(), directives);
        }
    }
    return directives;
}

} // namespace lunargate
