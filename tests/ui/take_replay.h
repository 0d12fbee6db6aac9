// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/ui/photographer.h"

#include "gateway/observability/request_record.h"
#include "gateway/observability/running_requests.h"

#include <vector>

namespace lunargate::test {

/// Some model calls that are under way as long as this lives: one that is answered, and one that waits.
class CallsUnderWay
{
public:
    explicit CallsUnderWay(RunningRequests &running);

private:
    RunningBoard m_board;
    std::vector<RequestRecord> m_records;
    std::vector<RunningBoard::Entry> m_entries;
};

/// The window that sends a request again, with two answers next to each other.
void takeReplay(const Photographer &photographer);

} // namespace lunargate::test
