// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/replay_run.h"

namespace lunargate::ui {

QString ReplayRun::servedBy() const
{
    return provider.isEmpty() || model.isEmpty() ? provider : provider + u'/' + model;
}

void ReplayRun::take(const HistoryRecord &record)
{
    status = record.status;
    error = QString::fromUtf8(record.error);
    provider = QString::fromUtf8(record.provider);
    model = QString::fromUtf8(record.modelServed.isEmpty() ? record.model : record.modelServed);
    firstToken = record.timeToFirstByte;
    total = record.duration;
    usage = record.usage;
    costUsd = record.costUsd;
}

} // namespace lunargate::ui
