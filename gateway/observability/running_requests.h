// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/observability/client_details.h"

#include <QByteArray>
#include <QObject>

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace lunargate {

struct RequestRecord;

/// A model call under way, as it stood when somebody looked.
struct RunningRequest
{
    enum class State {
        Preparing, ///< no provider was asked yet: it is read, looked up, waits for a slot …
        Waiting,   ///< for a provider
        Answering, ///< content came, and more may come
    };

    QByteArray id = {};
    QByteArray endpoint = {};
    QByteArray caller = {};
    ClientDetails client = {};
    QByteArray route = {};    ///< empty until it is known, as what follows
    QByteArray provider = {}; ///< the one asked last
    QByteArray model = {};    ///< likewise
    QByteArray modelAsked = {};
    bool stream = false;
    int attempts = 0; ///< calls to providers
    State state = State::Preparing;
    std::chrono::sys_time<std::chrono::microseconds> time{}; ///< when it began
    std::chrono::microseconds elapsed{0};
    std::optional<std::chrono::microseconds> timeToFirstByte{};
    qint64 streamedTextBytes = 0; ///< of the content so far, of a stream
};

/// The word for it in the API.
const char *nameOf(RunningRequest::State state);

class RunningBoard;

/// Where the model calls of all threads are looked up. Those who run them do nothing for it but to keep a list of their
/// own thread's: it is their thread that copies what is asked for. Any thread.
class RunningRequests
{
public:
    /// Newest first. The asking thread needs an event loop, as those that are asked.
    Task<std::vector<RunningRequest>> list();

private:
    friend RunningBoard;

    std::mutex m_mutex; // protects the member below, whose elements live as long as they are in it
    std::vector<RunningBoard *> m_boards;
};

/// The model calls of one thread, in which it lives.
class RunningBoard
{
    using Records = std::list<const RequestRecord *>;

public:
    /// A request that is on it as long as this lives. An empty one is on none.
    class Entry
    {
    public:
        Entry() = default;
        Entry(Records &records, const RequestRecord &record)
            : m_records(&records), m_place(records.insert(records.end(), &record))
        {
        }
        Entry(Entry &&other) noexcept : m_records(std::exchange(other.m_records, nullptr)), m_place(other.m_place) {}
        Entry &operator=(Entry &&other) noexcept
        {
            std::swap(m_records, other.m_records);
            std::swap(m_place, other.m_place);
            return *this;
        }
        ~Entry()
        {
            if (m_records)
                m_records->erase(m_place);
        }

    private:
        Records *m_records = nullptr;
        Records::iterator m_place;
    };

    /// `all` outlives it.
    explicit RunningBoard(RunningRequests &all);
    ~RunningBoard();
    RunningBoard(const RunningBoard &) = delete;
    RunningBoard &operator=(const RunningBoard &) = delete;

    /// `record` lives as long as the entry, and this longer.
    Entry add(const RequestRecord &record) { return {m_records, record}; }

private:
    friend RunningRequests;

    void copyTo(std::vector<RunningRequest> &found) const;

    RunningRequests &m_all;
    Records m_records;
    QObject m_here; // gets the event loop of this thread to tell
};

} // namespace lunargate
