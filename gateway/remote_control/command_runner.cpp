// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/command_runner.h"

#include "gateway/async/timer.h"
#include "gateway/http/buffered_response.h"
#include "gateway/observability/logging.h"
#include "gateway/remote_control/message_writer.h"
#include "gateway/remote_control/sandbox_request.h"

#include <algorithm>
#include <utility>

namespace lunargate {

namespace {

constexpr int kConflict = 409;
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

Outcome outcomeOf(const BufferedResponse &response, bool isOrphan, bool isTimedOut)
{
    using Commands = RemoteControlStatus::Commands;
    if (isOrphan)
        return {"cancelled", &Commands::cancelled, response.status()};
    if (isTimedOut)
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
        : command(std::move(taken)), response(maxAnswerBytes), request(sandboxRequest(command), response)
    {
    }

    SandboxCommand command;
    TimePoint startedAt = Clock::now();
    std::optional<CutReason> cutReason; ///< if it is to end before it has an answer
    std::optional<Timer> deadline;
    BufferedResponse response;
    LocalRequest request;
};

CommandRunner::CommandRunner(RequestHandler &handler, RemoteControlBoard &board, QByteArray instanceId, Send send)
    : m_handler(handler), m_board(board), m_instanceId(std::move(instanceId)), m_send(std::move(send))
{
}

CommandRunner::~CommandRunner() = default;

void CommandRunner::take(const QByteArray &message)
{
    std::visit(Overloaded{[](std::monostate) {}, [this](const IgnoredMessage &ignored) { ignore(ignored); },
                          [this](const RefusedCommand &command) { refuse(command); },
                          [this](SandboxCommand &&command) { run(std::move(command)); }},
               readBackendMessage(message));
}

void CommandRunner::ignore(const IgnoredMessage &message)
{
    m_board.update([](RemoteControlStatus &status) { ++status.ignored; });
    m_ignored.write({{"type", message.type}});
}

// Whoever waits for the one that runs would take this for its answer.
void CommandRunner::refuse(const RefusedCommand &command)
{
    m_board.update([](RemoteControlStatus &status) { ++status.commands.refused; });
    m_refusals.write({{"command_id", command.id},
                      {"type", command.type},
                      {"status", command.status},
                      {"reason", command.reason},
                      {"text", command.error}});
    if (!isRunning(command.id))
        m_send(sandboxResponse(
            {.commandId = command.id, .instanceId = m_instanceId, .status = command.status, .error = command.error}));
}

bool CommandRunner::isRunning(const QByteArray &id) const
{
    return std::ranges::any_of(m_running, [&](const auto &running) { return running->command.id == id; });
}

std::optional<RefusedCommand> CommandRunner::refusalOf(const SandboxCommand &command) const
{
    if (m_isEnding)
        return refusal(command, kServiceUnavailable, "shutting_down", "the gateway is shutting down");
    if (isRunning(command.id))
        return refusal(command, kConflict, "command_is_running", "a command with this command_id is running");
    if (command.request.size() > m_limits.maxRequestBytes)
        return refusal(command, kContentTooLarge, "request_too_large",
                       "the request is larger than remote_control.max_request_bytes");
    if (m_isHeld)
        return refusal(command, kTooManyRequests, "answers_not_read", "too many answers were not read yet");
    if (std::cmp_greater_equal(m_running.size(), m_limits.maxConcurrent))
        return refusal(command, kTooManyRequests, "too_many_commands",
                       "as many commands run as may (remote_control.max_concurrent)");
    return std::nullopt;
}

void CommandRunner::run(SandboxCommand command)
{
    if (const std::optional<RefusedCommand> refused = refusalOf(command))
        return refuse(*refused);
    m_running.push_back(std::make_unique<Running>(std::move(command), m_limits.maxAnswerBytes));
    m_board.update([](RemoteControlStatus &status) { ++status.running; });
    const auto position = std::prev(m_running.end());
    Running &running = **position;
    running.deadline.emplace([this, position] { cut(position, CutReason::Timeout); });
    running.deadline->start(deadlineIn(m_limits.timeout));
    running.request.start(m_handler, [this, position] { end(position, false); }); // may be over already
}

// Who has left does not come back for the answer.
void CommandRunner::cut(Position position, CutReason reason)
{
    Running &running = **position;
    if (running.cutReason == CutReason::ClientLeft)
        return;
    running.cutReason = reason;
    running.request.cut(reason, [this, position] { end(position, true); });
}

void CommandRunner::cancelAll()
{
    for (auto position = m_running.begin(); position != m_running.end(); ++position)
        cut(position, CutReason::ClientLeft);
}

void CommandRunner::cutAll(std::function<void()> ended)
{
    m_isEnding = true;
    if (m_running.empty())
        return ended();
    m_ended = std::move(ended);
    for (auto position = m_running.begin(); position != m_running.end(); ++position)
        cut(position, CutReason::Shutdown);
}

// What it sends may lead to cancelAll(): nothing of the command is left in the list then.
void CommandRunner::end(Position position, bool isCut)
{
    const std::unique_ptr<Running> running = std::move(*position);
    m_running.erase(position);
    const BufferedResponse &response = running->response;
    const bool isOrphan = running->cutReason == CutReason::ClientLeft;
    const Outcome outcome = outcomeOf(response, isOrphan, isCut && running->cutReason == CutReason::Timeout);
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
    if (!isOrphan)
        m_send(sandboxResponse({.commandId = running->command.id,
                                .instanceId = m_instanceId,
                                .status = outcome.status,
                                .error = outcome.error,
                                .response = &response}));
    if (m_ended && m_running.empty())
        std::exchange(m_ended, nullptr)();
}

} // namespace lunargate
