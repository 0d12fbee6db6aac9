// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/request_cost.h"

namespace lunargate {

namespace {

/// Whether a provider worked for the request: it answered, or the client left before it could.
bool wasServed(const RequestRecord &record)
{
    if (record.attempts == 0)
        return false;
    return record.usage || !record.hasFailed() || record.errorKind == ErrorKind::ClientCancelled;
}

} // namespace

void setCost(RequestRecord &record, const PriceBook &prices)
{
    if (record.cacheUse == CacheUse::Hit) {
        record.cost = {.amount = Money(), .source = CostSource::Cache};
        record.savedCost = costOf(record.savedUsage, prices.find(record.provider, record.model)).amount;
    } else if (wasServed(record)) {
        record.cost = costOf(record.usage, prices.find(record.provider, record.model));
    }
}

} // namespace lunargate
