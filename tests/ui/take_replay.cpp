// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/take_replay.h"

#include "tests/ui/test_desktop.h"
#include "ui/replay/replay_window.h"

namespace lunargate::test {

using namespace lunargate::ui;

namespace {

constexpr char kSections[] = R"(history: {path: ':memory:', capture: bodies}
)";

HistoryRecord original()
{
    HistoryRecord record = sampleRecord(1);
    auto messages = std::make_shared<HistoryMessages>(*sampleMessages());
    (*messages)[HistoryPart::ClientRequest]->body =
        R"({"model":"simulator-1","stream":true,"messages":[{"role":"system","content":"You are a careful assistant."},)"
        R"({"role":"user","content":"Which tests fail on <main>, and why?"}],"max_tokens":60,"temperature":0.2})";
    record.id = "6f1c2a88-4c1e-4b0a-9d55-b1a7c2d3e4f5";
    record.messages = messages;
    return record;
}

RequestRecord callOf(const char *client, const char *provider, const char *model, std::chrono::milliseconds elapsed)
{
    RequestRecord record;
    record.requestId = model;
    record.caller = "laptop";
    record.client.userAgent = client;
    record.route = "coding";
    record.provider = provider;
    record.model = record.modelAsked = model;
    record.stream = true;
    record.attempts = 1;
    record.startedAt -= elapsed;
    record.time -= elapsed;
    return record;
}

} // namespace

CallsUnderWay::CallsUnderWay(RunningRequests &running) : m_board(running)
{
    using namespace std::chrono_literals;
    m_records = {callOf("claude-cli/2.1.0 (external, cli)", "anthropic", "claude-sonnet-4-5", 8400ms),
                 callOf("codex_cli_rs/0.122.0", "openai", "gpt-5.1-codex", 1300ms)};
    m_records.front().firstByteAt = m_records.front().startedAt + 1240ms;
    m_records.front().streamedTextBytes = 2312;
    for (const RequestRecord &record : m_records)
        m_entries.push_back(m_board.add(record));
}

void takeReplay(const Photographer &photographer)
{
    const std::unique_ptr<Gateway> gateway = startTestGateway(kSections);
    ReplayWindow window(*gateway, original(), nullptr);
    window.setAttribute(Qt::WA_DeleteOnClose, false);
    window.show();
    const auto hasEnded = [&window] {
        const ReplayRun &last = window.queue().runs().back();
        return last.hasEnded() && last.usage;
    };
    window.form().send();
    waitFor(hasEnded);
    window.form().editor().setText(QStringLiteral(
        "{\n  \"model\": \"simulator-1\",\n  \"stream\": true,\n  \"messages\": [\n    {\n      \"role\": \"user\",\n"
        "      \"content\": \"Which tests passed on <main>, and why?\"\n    }\n  ],\n  \"max_tokens\": 60\n}"));
    window.form().findChild<QComboBox *>()->setCurrentText(QStringLiteral("slow/simulator-2"));
    window.form().send();
    waitFor(hasEnded);
    window.select({1, 2});
    photographer.take(window, "replay");
}

} // namespace lunargate::test
