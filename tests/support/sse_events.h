// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lunargate::test {

/// An event stream taken apart by the rules of the WHATWG, for assertions.
struct SseEvents
{
    struct Event
    {
        QByteArray type; ///< of the `event:` field; empty if there was none
        QByteArray data;
    };

    static SseEvents parse(const QByteArray &body);

    std::vector<Event> events;
    int comments = 0;
    /// What came after the last blank line: not an event.
    QByteArray rest;

    /// The data of every event.
    std::vector<QByteArray> data() const;
    /// Those that are neither [DONE] nor an error object.
    std::vector<QByteArray> chunks() const;
    bool endsWithDone() const { return !events.empty() && events.back().data == "[DONE]"; }
    /// The contents of the deltas of choice 0, joined.
    QByteArray content() const;
    /// The first event that holds an `error` object; empty if there is none.
    QByteArray error() const;
};

} // namespace lunargate::test
