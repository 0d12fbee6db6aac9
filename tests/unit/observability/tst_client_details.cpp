// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/header_list.h"
#include "gateway/observability/redaction.h"
#include "gateway/observability/client_details.h"

#include <QTest>

using namespace lunargate;

class ClientDetailsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsClaudeCode()
    {
        const ClientDetails details = clientDetails({{"user-agent", "claude-cli/2.1.0 (external, cli)"},
                                                     {"x-app", "cli"},
                                                     {"x-claude-code-session-id", "s1"},
                                                     {"X-Claude-Code-Agent-Id", "a2"},
                                                     {"x-claude-code-parent-agent-id", "a1"}});
        const ClientDetails expected{.userAgent = "claude-cli/2.1.0 (external, cli)",
                                     .application = "cli",
                                     .session = "s1",
                                     .agent = "a2",
                                     .parentAgent = "a1"};
        QVERIFY(details == expected);
    }

    void readsCodex()
    {
        const ClientDetails details =
            clientDetails({{"originator", "codex_cli_rs"}, {"session_id", "s1"}, {"x-openai-subagent", "review"}});
        const ClientDetails expected{.application = "codex_cli_rs", .session = "s1", .agent = "review"};
        QVERIFY(details == expected);
        QCOMPARE(clientDetails({{"conversation_id", "c1"}}).session, QByteArray("c1"));
        QCOMPARE(clientDetails({{"session_id", "s1"}, {"conversation_id", "c1"}}).session, QByteArray("s1"));
    }

    void theGatewaysOwnHeadersWin()
    {
        const ClientDetails details = clientDetails({{"X-LunarGate-SessionID", "ours"},
                                                     {"session-id", "theirs"},
                                                     {"X-LunarGate-User", "ann"},
                                                     {"X-OpenWebUI-User-Id", "7"}});
        QCOMPARE(details.session, QByteArray("ours"));
        QCOMPARE(details.user, QByteArray("ann"));
    }

    void anEmptyHeaderSaysNothing()
    {
        QCOMPARE(clientDetails({{"X-LunarGate-SessionID", ""}, {"session-id", "s"}}).session, QByteArray("s"));
    }

    void credentialsAreNotLookedAt()
    {
        const ClientDetails details = clientDetails(
            {{"Authorization", "Bearer sk-1"}, {"X-API-Key", "sk-1"}, {"api-key", "sk-1"}, {"Cookie", "session=sk-1"}});
        QVERIFY(details == ClientDetails());
    }

    void longTextsAreCut()
    {
        QCOMPARE(clientDetails({{"User-Agent", QByteArray(100'000, 'x')}}).userAgent.size(), kLongestDetail);
    }

    // Half of it would pass for an innocent word later.
    void noHalfOfAKeyIsLeft()
    {
        registerSecret(SecretString("canary-of-client-details"));
        for (const QByteArray key : {"canary-of-client-details", "sk-abcdefgh12345678901234567890"}) {
            const QByteArray text = QByteArray(kLongestDetail - 12, ' ') + key + " and more";
            const QByteArray kept = clientDetails({{"session-id", text}}).session;
            QCOMPARE(kept.size(), kLongestDetail);
            QVERIFY2(!kept.contains(key.sliced(3, 6)), kept.constData());
        }
    }
};

QTEST_APPLESS_MAIN(ClientDetailsTest)
#include "tst_client_details.moc"
