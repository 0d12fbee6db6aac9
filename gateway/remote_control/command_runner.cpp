// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/command_runner.h"

#include "gateway/async/timer.h"
#include "gateway/observability/logging.h"
#include "gateway/remote_control/message_writer.h"
#include "gateway/remote_control/sandbox_request.h"

#include <optional>
#include <utility>

namespace lunargate {

namespace {

constexpr int kTooManyRequests = 429;
constexpr int kContentTooLarge = 413;
constexpr int kServiceUnavailable = 503;
constexpr int kGatewayTimeout = 504;

RefusedCommand refusal(const SandboxCommand &command, int status, const char *reason, const QByteArray &error)
{
    return {.id = command.id, .type = "sandbox.execute", .status = status, .reason = reason, .error = error};
}

/// How a command that ran ended.
struct Outcome
{
    const char *name;
    qint64 RemoteControlStatus::Commands::*count;
    int status;
    QByteArray error = {}; ///< if there is no answer to send
};

Outcome outcomeOf(const BufferedResponse &response, bool isOrphan)
{
    using Commands = RemoteControlStatus::Commands;
    if (isOrphan)
        return {"cancelled", &Commands::cancelled, response.status()};
    if (response.state() != ResponseWriter::State::Finished)
        return {"timeout", &Commands::timedOut, kGatewayTimeout, "the command took longer than remote_control.timeout"};
    if (response.isTooLarge())
        return {"failed", &Commands::failed, kContentTooLarge,
                "the answer is larger than remote_control.max_answer_bytes"};
    const bool isOk = response.status() < 400;
    return {isOk ? "ok" : "failed", isOk ? &Commands::ok : &Commands::failed, response.status()};
}

template <typename... Handlers>
struct Overloaded : Handlers...
{
    using Handlers::operator()...;
};

} // namespace

struct CommandRunner::Running
{
    Running(SandboxCommand taken, qint64 maxAnswerBytes)
        : command(std::move(taken)), request(sandboxRequest(command), maxAnswerBytes)
    {
    }

    SandboxCommand command;
    TimePoint startedAt = Clock::now();
    bool isOrphan = false; ///< nobody is there to be answered
    std::optional<Timer> deadline;
    LocalRequest request;
};

CommandRunner::CommandRunner(RequestHandler &handler, RemoteControlBoard &board, QByteArray instanceId, Send send)
    : m_handler(handler), m_board(board), m_instanceId(std::move(instanceId)), m_send(std::move(send))
{
}

CommandRunner::~CommandRunner() = default;

void CommandRunner::take(const QByteArray &message)
{
    std::visit(Overloaded{[](std::monostate) {}, [this](const RefusedCommand &command) { refuse(command); },
                          [this](SandboxCommand &&command) { run(std::move(command)); }},
               readBackendMessage(message));
}

void CommandRunner::refuse(const RefusedCommand &command)
{
    m_board.update([](RemoteControlStatus &status) { ++status.commands.refused; });
    logEvent(remoteControlLog(), LogLevel::Info, "remote command refused",
             {{"command_id", command.id},
              {"type", command.type},
              {"status", command.status},
              {"reason", command.reason},
              {"text", command.error}});
    m_send(sandboxResponse(
        {.commandId = command.id, .instanceId = m_instanceId, .status = command.status, .error = command.error}));
}

void CommandRunner::run(SandboxCommand command)
{
    if (m_isEnding)
        return refuse(refusal(command, kServiceUnavailable, "shutting_down", "the gateway is shutting down"));
    if (command.request.size() > m_limits.maxRequestBytes)
        return refuse(refusal(command, kContentTooLarge, "request_too_large",
                              "the request is larger than remote_control.max_request_bytes"));
    if (std::cmp_greater_equal(m_running.size(), m_limits.maxConcurrent))
        return refuse(refusal(command, kTooManyRequests, "too_many_commands",
                              "as many commands run as may (remote_control.max_concurrent)"));
    m_running.push_back(std::make_unique<Running>(std::move(command), m_limits.maxAnswerBytes));
    m_board.update([](RemoteControlStatus &status) { ++status.running; });
    const auto position = std::prev(m_running.end());
    Running &running = **position;
    const auto over = [this, position] { end(position); };
    running.deadline.emplace([&running, over] { running.request.cancel(over); });
    running.deadline->start(deadlineIn(m_limits.timeout));
    running.request.start(m_handler, over); // may be over already
}

void CommandRunner::cancelAll()
{
    for (auto position = m_running.begin(); position != m_running.end(); ++position) {
        (*position)->isOrphan = true;
        (*position)->request.cancel([this, position] { end(position); });
    }
}

void CommandRunner::cutAll(std::function<void()> ended)
{
    m_isEnding = true;
    if (m_running.empty())
        return ended();
    m_ended = std::move(ended);
    for (auto position = m_running.begin(); position != m_running.end(); ++position)
        (*position)->request.cut([this, position] { end(position); });
}

// What it sends may lead to cancelAll(): nothing of the command is left in the list then.
void CommandRunner::end(Position position)
{
    const std::unique_ptr<Running> running = std::move(*position);
    m_running.erase(position);
    const BufferedResponse &response = running->request.response();
    const Outcome outcome = outcomeOf(response, running->isOrphan);
    m_board.update([&](RemoteControlStatus &status) {
        --status.running;
        ++(status.commands.*outcome.count);
    });
    const auto duration = std::chrono::floor<std::chrono::milliseconds>(Clock::now() - running->startedAt);
    logEvent(remoteControlLog(), LogLevel::Info, "remote command",
             {{"command_id", running->command.id},
              {"mode", running->command.mode},
              {"target", running->command.target},
              {"outcome", outcome.name},
              {"status", outcome.status},
              {"request_id", response.headers().value("X-LunarGate-Request-ID").value_or(QByteArray())},
              {"duration_ms", duration.count()},
              {"bytes_in", running->command.request.size()},
              {"bytes_out", response.bodyBytes()}});
    if (!running->isOrphan)
        m_send(sandboxResponse({.commandId = running->command.id,
                                .instanceId = m_instanceId,
                                .status = outcome.status,
                                .error = outcome.error,
                                .response = &response}));
    if (m_ended && m_running.empty())
        std::exchange(m_ended, nullptr)();
}

} // namespace lunargate
