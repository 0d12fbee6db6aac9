// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/json/text_writer.h"

namespace lunargate {

/// Requests of the history as an HTTP Archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/): what went
/// between client and gateway, and the whole record as `_lunargate`.
class HarLog
{
public:
    HarLog();

    /// `url` is the endpoint's.
    void add(const HistoryRecord &record, const QByteArray &url);
    /// How long it is by now, in bytes.
    qsizetype size() const { return m_json.text().size(); }
    /// The whole text. `next` is where a page goes on; empty: nowhere.
    QByteArray finish(const QByteArray &next = {}) &&;

private:
    json::TextWriter m_json;
};

} // namespace lunargate
