// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"

#include <QByteArray>

#include <memory>
#include <vector>

namespace lunargate {

/// Takes out of records what must not be kept: credentials of headers, registered secrets and what looks like a key
/// anywhere, and what the user's own patterns match in bodies. Lengths of bodies stay, so that frames end where they
/// did. Also makes every text valid UTF-8 without a zero byte. Belongs to one thread.
class HistoryRedaction
{
public:
    /// Patterns in RE2 syntax; those that are none are left out (the configuration has refused them).
    explicit HistoryRedaction(const std::vector<QByteArray> &patterns);
    ~HistoryRedaction();
    HistoryRedaction(HistoryRedaction &&other) noexcept;
    HistoryRedaction &operator=(HistoryRedaction &&other) noexcept;

    /// Bodies are cut to `maxBodyBytes`, after what must not be kept was taken out.
    void apply(HistoryRecord &record, qint64 maxBodyBytes);

private:
    class Patterns;

    void redactTextAt(size_t place, QByteArray &text);
    HistoryMessage redactedMessage(const HistoryMessage &message, qint64 maxBodyBytes) const;

    std::unique_ptr<Patterns> m_patterns;
    // Requests are alike: for each place in a record the last text there in which nothing was found.
    std::vector<QByteArray> m_clean;
    quint64 m_registeredSecrets = 0; // as of which
};

} // namespace lunargate
