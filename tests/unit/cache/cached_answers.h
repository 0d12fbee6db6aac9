// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/cache_store.h"
#include "tests/unit/async/run_task.h"

namespace lunargate::test {

/// A key of its own for each name.
inline CacheKey keyOf(QByteArrayView name)
{
    ContentHash hash;
    hash.add(name);
    return {hash.result()};
}

inline SharedAnswer answerOf(const QByteArray &body, TimePoint storedAt = TimePoint{})
{
    return std::make_shared<const CachedAnswer>(CachedAnswer{.body = body, .storedAt = storedAt});
}

/// What a look-up brings: the body, or `-` if there is none.
inline QByteArray bodyOf(Task<SharedAnswer> task)
{
    const std::optional<SharedAnswer> answer = runTask(std::move(task));
    return answer && *answer ? (*answer)->body : QByteArray("-");
}

} // namespace lunargate::test
