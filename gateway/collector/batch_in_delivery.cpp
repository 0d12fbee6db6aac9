// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/batch_in_delivery.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lunargate {

qint64 countOf(std::span<const WrittenReport> reports)
{
    return std::ranges::count(reports, false, &WrittenReport::isRest);
}

BatchInDelivery::BatchInDelivery(std::vector<WrittenReport> reports)
{
    push(std::move(reports));
}

void BatchInDelivery::push(Reports reports)
{
    if (!reports.empty())
        m_pieces.push_back(std::move(reports));
}

qint64 BatchInDelivery::size() const
{
    qint64 size = 0;
    for (const Reports &piece : m_pieces)
        size += countOf(piece);
    return size;
}

bool BatchInDelivery::split()
{
    Reports &first = m_pieces.back();
    Reports second;
    if (first.size() > 1) {
        const auto middle = first.begin() + std::ssize(first) / 2;
        second.assign(std::make_move_iterator(middle), std::make_move_iterator(first.end()));
        first.erase(middle, first.end());
    } else if (WrittenReport &report = first.front(); report.events.size() > 1) {
        second.push_back({.sharing = report.sharing, .events = report.events.sliced(1), .isRest = true});
        report.events.resize(1);
    } else {
        return false;
    }
    m_pieces.insert(m_pieces.end() - 1, std::move(second));
    return true;
}

void BatchInDelivery::narrow(Sharing allowed)
{
    for (Reports &piece : m_pieces) {
        for (WrittenReport &report : piece)
            lunargate::narrow(report, allowed);
    }
}

void BatchInDelivery::removeEmpty()
{
    for (Reports &piece : m_pieces)
        std::erase_if(piece, [](const WrittenReport &report) { return report.events.isEmpty(); });
    std::erase_if(m_pieces, [](const Reports &piece) { return piece.empty(); });
}

std::vector<WrittenReport> BatchInDelivery::takeRest()
{
    Reports rest;
    while (!m_pieces.empty()) {
        std::ranges::move(m_pieces.back(), std::back_inserter(rest));
        m_pieces.pop_back();
    }
    return rest;
}

} // namespace lunargate
