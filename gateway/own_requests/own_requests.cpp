// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/own_requests/own_requests.h"

#include "gateway/http/local_request.h"
#include "gateway/own_requests/relayed_response.h"

#include <QTimer>

#include <list>
#include <utility>

namespace lunargate {

/// Everything but its making belongs to the thread that runs the requests.
class OwnRequests::Runner : public QObject
{
public:
    explicit Runner(OwnRequests &owner) : m_owner(owner) {}

    void run(HttpRequest request, std::shared_ptr<OwnAnswer> answer)
    {
        if (!m_handler)
            m_handler = m_owner.m_makeHandler();
        if (m_isStopped)
            return refuse(std::move(request), std::move(answer));
        m_running.push_back(std::make_unique<Running>(std::move(request), std::move(answer)));
        const auto position = std::prev(m_running.end());
        (*position)->request.start(*m_handler, [this, position] { end(position); }); // may be over already
    }

    void cancel(const std::shared_ptr<OwnAnswer> &answer)
    {
        for (auto position = m_running.begin(); position != m_running.end(); ++position) {
            if ((*position)->answer == answer)
                return cut(position, CutReason::ClientLeft);
        }
    }

    void stop(std::chrono::milliseconds timeout)
    {
        m_isStopped = true;
        if (m_running.empty())
            tellStopped();
        else if (timeout.count() > 0)
            QTimer::singleShot(timeout, this, [this] { cutAll(); });
    }

    /// What runs has no answer then, or no whole one.
    void endAll()
    {
        while (!m_running.empty()) {
            const std::shared_ptr<OwnAnswer> answer = m_running.front()->answer;
            m_running.pop_front();
            close(*answer);
        }
    }

private:
    struct Running
    {
        Running(HttpRequest sent, std::shared_ptr<OwnAnswer> place)
            : answer(std::move(place)), response(answer), request(std::move(sent), response)
        {
        }

        std::shared_ptr<OwnAnswer> answer;
        bool isCut = false;
        RelayedResponse response;
        LocalRequest request;
    };
    using Position = std::list<std::unique_ptr<Running>>::iterator;

    static void close(OwnAnswer &answer)
    {
        const std::scoped_lock lock(answer.mutex);
        answer.progress.endedAt = Clock::now();
    }

    void refuse(HttpRequest request, std::shared_ptr<OwnAnswer> answer)
    {
        RelayedResponse response(answer);
        Exchange exchange(std::move(request), response);
        m_handler->refuse(
            exchange,
            {.kind = ErrorKind::Overloaded, .reason = "shutting_down", .message = "the gateway is shutting down"});
        close(*answer);
    }

    void cut(Position position, CutReason reason)
    {
        if (!std::exchange((*position)->isCut, true))
            (*position)->request.cut(reason, [this, position] { end(position); });
    }

    void cutAll()
    {
        for (auto position = m_running.begin(); position != m_running.end(); ++position)
            cut(position, CutReason::Shutdown);
    }

    void end(Position position)
    {
        const std::unique_ptr<Running> running = std::move(*position);
        m_running.erase(position);
        close(*running->answer);
        if (m_isStopped && m_running.empty())
            tellStopped();
    }

    void tellStopped() { QMetaObject::invokeMethod(&m_owner, &OwnRequests::stopped, Qt::QueuedConnection); }

    OwnRequests &m_owner;
    bool m_isStopped = false;
    std::unique_ptr<RequestHandler> m_handler;     // null until something was sent
    std::list<std::unique_ptr<Running>> m_running; // before the handler: they use it
};

OwnRequests::OwnRequests(HandlerFactory makeHandler)
    : m_makeHandler(std::move(makeHandler)), m_runner(std::make_unique<Runner>(*this))
{
    m_thread.setObjectName(QStringLiteral("own-requests"));
    m_runner->moveToThread(&m_thread);
}

OwnRequests::~OwnRequests()
{
    if (!m_thread.isRunning())
        return;
    const auto end = [this] {
        m_runner->endAll(); // from now on no call asks for the runner
        m_runner.reset();   // what it has belongs to its thread
        m_thread.quit();
    };
    QMetaObject::invokeMethod(m_runner.get(), end, Qt::QueuedConnection);
    m_thread.wait();
}

std::unique_ptr<OwnCall> OwnRequests::send(HttpRequest request)
{
    if (!m_thread.isRunning())
        m_thread.start();
    auto answer = std::make_shared<OwnAnswer>();
    QMetaObject::invokeMethod(
        m_runner.get(),
        [runner = m_runner.get(), request = std::move(request), answer] { runner->run(request, answer); },
        Qt::QueuedConnection);
    return std::make_unique<OwnCall>(*this, std::move(answer));
}

void OwnRequests::stop(std::chrono::milliseconds timeout)
{
    if (std::exchange(m_isStopping, true))
        return;
    if (!m_thread.isRunning())
        m_thread.start();
    QMetaObject::invokeMethod(
        m_runner.get(), [runner = m_runner.get(), timeout] { runner->stop(timeout); }, Qt::QueuedConnection);
}

void OwnRequests::cancel(const std::shared_ptr<OwnAnswer> &answer)
{
    QMetaObject::invokeMethod(
        m_runner.get(), [runner = m_runner.get(), answer] { runner->cancel(answer); }, Qt::QueuedConnection);
}

} // namespace lunargate
