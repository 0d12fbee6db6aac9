// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/delivery/delivery_world.h"

#include "gateway/upstream/curl_transport.h"

#include <QRandomGenerator>

namespace lunargate {

namespace {

Task<> pauseUntil(Event &event, TimePoint time)
{
    co_await event.wait(time);
}

} // namespace

DeliveryWorld DeliveryWorld::real()
{
    return {.makeTransport = [] { return std::make_unique<CurlTransport>(); },
            .now = &Clock::now,
            .pause = &pauseUntil,
            .random = [] { return QRandomGenerator::global()->generateDouble(); }};
}

} // namespace lunargate
