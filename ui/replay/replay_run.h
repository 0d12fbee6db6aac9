// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/replay/answer_text.h"

#include <chrono>
#include <optional>

namespace lunargate::ui {

/// A request that was sent once more, or the one that it repeats, and what came of it so far.
struct ReplayRun
{
    enum class State {
        Waiting,   ///< for those before it
        Sent,      ///< nothing came yet
        Streaming, ///< the answer is coming
        Ended,
        Cancelled,
    };

    bool isUnderWay() const { return state == State::Sent || state == State::Streaming; }
    bool hasEnded() const { return state == State::Ended || state == State::Cancelled; }
    /// `openai/gpt-4o`; empty: nobody served it, or it is not known yet.
    QString servedBy() const;
    /// Takes over what the history tells.
    void take(const HistoryRecord &record);

    QString target; ///< where it was sent to, for people
    State state = State::Waiting;
    int status = 0;     ///< 0: none came
    QString error = {}; ///< stable token; empty on success
    QString provider = {};
    QString model = {};
    std::optional<std::chrono::microseconds> firstToken = {};
    std::chrono::microseconds total{0}; ///< so far, while it is under way
    std::optional<Usage> usage = {};
    std::optional<double> costUsd = {};
    bool isShortened = false; ///< a part of the answer was forgotten
    AnswerText answer = AnswerText();
};

} // namespace lunargate::ui
