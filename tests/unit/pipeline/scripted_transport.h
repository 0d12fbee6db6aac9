// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/upstream/transport.h"

#include <deque>
#include <variant>

namespace lunargate::test {

/// What one call to a provider brings, step by step.
class Script
{
public:
    struct Wait
    {
    };
    using Step = std::variant<UpstreamHead, QByteArray, Error, Wait>;

    explicit Script(int status = 200, HeaderList headers = {}) { head(status, std::move(headers)); }

    /// A call that does not come as far as to a head.
    static Script failing(Error error)
    {
        Script script;
        script.steps = {std::move(error)};
        return script;
    }
    /// A call that stays silent until the deadline, or until ScriptedTransport::letGo(); then `rest` comes.
    static Script silent(Script rest = Script())
    {
        rest.steps.push_front(Wait());
        return rest;
    }
    /// A stream of these payloads and `[DONE]`.
    static Script stream(const QByteArrayList &payloads)
    {
        Script script;
        for (const QByteArray &payload : payloads)
            script.data(payload);
        return std::move(script.data("[DONE]"));
    }

    Script &head(int status, HeaderList headers)
    {
        steps.push_back(UpstreamHead{.status = status, .headers = std::move(headers)});
        return *this;
    }
    Script &bytes(QByteArray bytes)
    {
        steps.push_back(std::move(bytes));
        return *this;
    }
    Script &data(const QByteArray &payload) { return bytes("data: " + payload + "\n\n"); }
    Script &fail(Error error)
    {
        steps.push_back(std::move(error));
        return *this;
    }
    Script &wait()
    {
        steps.push_back(Wait());
        return *this;
    }

    std::deque<Step> steps; ///< behind the last one the body ends
};

/// A provider in memory: each call plays the next script. Single-threaded.
class ScriptedTransport : public Transport
{
public:
    explicit ScriptedTransport(std::deque<Script> scripts) : m_scripts(std::move(scripts)) {}

    std::unique_ptr<UpstreamCall> send(UpstreamRequest request) override
    {
        requests.push_back(std::move(request));
        if (throwsOnSend)
            throw std::bad_alloc();
        if (m_scripts.empty())
            return std::make_unique<Call>(
                *this, Script::failing(
                           {.kind = ErrorKind::Internal, .reason = "unexpected_call", .message = "no script is left"}));
        Script script = std::move(m_scripts.front());
        m_scripts.pop_front();
        return std::make_unique<Call>(*this, std::move(script));
    }

    /// Ends the wait that a call is in, or comes to next.
    void letGo()
    {
        if (m_current)
            m_current->go.notify();
    }

    /// Likewise for the call of that number, counted from 0, if it is alive.
    void letGo(size_t number)
    {
        for (Call *call : m_calls) {
            if (call->number == number)
                return call->go.notify();
        }
    }

    std::vector<UpstreamRequest> requests;
    int alive = 0; ///< calls that were neither finished nor aborted
    int reads = 0;
    bool throwsOnSend = false;

private:
    class Call : public UpstreamCall
    {
    public:
        Call(ScriptedTransport &owner, Script script) : m_owner(owner), m_script(std::move(script))
        {
            number = m_owner.requests.size() - 1;
            ++m_owner.alive;
            m_owner.m_current = this;
            m_owner.m_calls.push_back(this);
        }
        ~Call() override
        {
            --m_owner.alive;
            std::erase(m_owner.m_calls, this);
            if (m_owner.m_current == this)
                m_owner.m_current = nullptr;
        }

        Task<Result<UpstreamHead>> head(TimePoint deadline) override
        {
            if (!co_await pass(deadline))
                co_return std::unexpected(timeout("header_timeout"));
            Script::Step step = take();
            if (Error *error = std::get_if<Error>(&step))
                co_return std::unexpected(std::move(*error));
            co_return std::get<UpstreamHead>(std::move(step));
        }

        Task<Result<QByteArray>> read(TimePoint deadline) override
        {
            ++m_owner.reads;
            if (!co_await pass(deadline))
                co_return std::unexpected(timeout("read_timeout"));
            if (m_script.steps.empty())
                co_return QByteArray();
            Script::Step step = take();
            if (Error *error = std::get_if<Error>(&step))
                co_return std::unexpected(std::move(*error));
            co_return std::get<QByteArray>(std::move(step));
        }

        Event go;
        size_t number = 0;

    private:
        static Error timeout(const char *reason)
        {
            return {.kind = ErrorKind::UpstreamTimeout, .reason = reason, .message = "too slow"};
        }
        Script::Step take()
        {
            Script::Step step = std::move(m_script.steps.front());
            m_script.steps.pop_front();
            return step;
        }
        // Waits where the script says so; false at the deadline.
        Task<bool> pass(TimePoint deadline)
        {
            while (!m_script.steps.empty() && std::holds_alternative<Script::Wait>(m_script.steps.front())) {
                if (!co_await go.wait(deadline))
                    co_return false;
                m_script.steps.pop_front();
            }
            co_return true;
        }

        ScriptedTransport &m_owner;
        Script m_script;
    };

    std::deque<Script> m_scripts;
    Call *m_current = nullptr;
    std::vector<Call *> m_calls; // those alive
};

} // namespace lunargate::test
