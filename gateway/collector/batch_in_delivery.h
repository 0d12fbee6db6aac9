// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/written_report.h"

#include <span>
#include <vector>

namespace lunargate {

/// The reports that are on their way to the collector, in pieces as large as it takes them; the oldest first.
class BatchInDelivery
{
public:
    BatchInDelivery() = default;
    explicit BatchInDelivery(std::vector<WrittenReport> reports);

    bool isEmpty() const { return m_pieces.empty(); }
    /// How many reports are left, without those that do not count.
    qint64 size() const;

    /// The piece that is sent next; there must be one.
    std::span<const WrittenReport> piece() const { return m_pieces.back(); }
    /// Halves it; a single report is parted into its events. False: it is one event.
    bool split();
    /// It has been dealt with.
    void removePiece() { m_pieces.pop_back(); }

    /// What may not leave any more is forgotten. Reports that say nothing then stay until removeEmpty().
    void narrow(Sharing allowed);
    void removeEmpty();
    /// What is left, in its order.
    std::vector<WrittenReport> takeRest();

private:
    using Reports = std::vector<WrittenReport>;

    void push(Reports reports);

    std::vector<Reports> m_pieces; // none is empty; the last one is sent next
};

/// How many of them count.
qint64 countOf(std::span<const WrittenReport> reports);

} // namespace lunargate
