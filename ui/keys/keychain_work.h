// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <stop_token>
#include <thread>

namespace lunargate::ui {

/// Asks the keychain in a thread of its own, as it may wait for the user, one question at a time. GUI thread.
class KeychainWork : public QObject
{
    Q_OBJECT

public:
    /// Called in the GUI thread with what came of a question.
    using Answer = std::function<void()>;
    /// Called in the other thread; ends soon after it is told to stop.
    using Question = std::function<Answer(const std::stop_token &)>;

    using QObject::QObject;

    bool isRunning() const { return m_isRunning; }
    /// Only while nothing is running. Whoever is destroyed with this gets no answer.
    void start(Question question);
    /// The question is told to stop; its answer comes as any other.
    void cancel() { m_thread.request_stop(); }

Q_SIGNALS:
    void runningChanged();

private:
    bool m_isRunning = false;
    std::jthread m_thread; // first to go: it uses this
};

} // namespace lunargate::ui
