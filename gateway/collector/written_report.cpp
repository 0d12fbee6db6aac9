// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/written_report.h"

#include <utility>

namespace lunargate {

void narrow(WrittenReport &report, Sharing allowed)
{
    if ((report.sharing & allowed) == report.sharing)
        return;
    report.sharing = {};
    report.events.clear();
    if (!report.measurement.isEmpty())
        report.events.append(std::exchange(report.measurement, {}));
}

} // namespace lunargate
