// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/http/local_request.h"

#include <vector>

namespace lunargate {

/// The ids of the gateway's models. They come through the pipeline, as a client gets them: lists that providers tell
/// are fetched for it. What takes a provider longer than a client is to wait is in the next list, so that there is one;
/// and several more where there is no list. Single-threaded; its thread needs an event loop.
class ModelIds
{
public:
    /// `came` is called after each list, possibly from inside ask(), also if there was none; it may call stop().
    ModelIds(std::chrono::milliseconds interval, std::function<void()> came);
    ~ModelIds();

    /// Asks, from now on for other settings. `handler` outlives this.
    void ask(RequestHandler &handler);
    void stop();

    /// Those of the last list that there was.
    const std::vector<QByteArray> &ids() const { return m_ids; }

private:
    struct List;

    void request();
    void onList();

    const std::chrono::milliseconds m_interval;
    const std::function<void()> m_came;
    RequestHandler *m_handler = nullptr;
    std::unique_ptr<List> m_list; // null: none is asked for
    bool m_isOld = false;         // the one that is asked for will not be of the last settings
    int m_listsLeft = 0;          // with the one that is asked for
    std::vector<QByteArray> m_ids;
    Timer m_next;
};

} // namespace lunargate
