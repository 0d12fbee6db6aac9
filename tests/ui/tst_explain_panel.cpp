// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/keyboard.h"
#include "tests/ui/test_desktop.h"
#include "ui/explain/explain_panel.h"
#include "ui/explain/shell_words.h"

#include "gateway/resilience/circuit_breakers.h"

#include <QClipboard>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace Qt::StringLiterals;

namespace {

const QByteArray kRequest =
    "{\"model\":\"slow/simulator-2\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}]}";

/// All that is shown of the explanation, a line for each label.
QString shown(const ExplainPanel &panel)
{
    QStringList lines;
    for (const QLabel *label : panel.findChild<ExplanationView *>()->findChildren<QLabel *>())
        lines.append(label->text());
    return lines.join(u'\n');
}

QPlainTextEdit *edit(const ExplainPanel &panel, const QString &name)
{
    for (QPlainTextEdit *edit : panel.findChildren<QPlainTextEdit *>()) {
        if (edit->accessibleName() == name)
            return edit;
    }
    qFatal("there is no %s", qPrintable(name));
}

QString problem(const ExplainPanel &panel)
{
    for (const QLabel *label : panel.findChildren<QLabel *>(u"problem"_s)) {
        if (!panel.findChild<ExplanationView *>()->isAncestorOf(label))
            return label->isHidden() ? QString() : label->text();
    }
    return {};
}

} // namespace

class ExplainPanelTest : public QObject
{
    Q_OBJECT

private:
    void explain(const QString &request, const QString &headers = {})
    {
        QSignalSpy explained(m_panel.get(), &ExplainPanel::explained);
        edit(*m_panel, u"Request"_s)->setPlainText(request);
        edit(*m_panel, u"Headers"_s)->setPlainText(headers);
        m_panel->explain();
        QTRY_COMPARE(explained.size(), 1);
    }

private Q_SLOTS:
    void init()
    {
        test::failOnOwnWarnings();
        m_gateway = test::startTestGateway("caching: {enabled: true}\nrate_limiting: {enabled: true}\n");
        m_panel = std::make_unique<ExplainPanel>();
        m_panel->setGateway(m_gateway.get());
    }
    void cleanup()
    {
        m_panel.reset();
        m_gateway.reset();
    }

    void theWayOfARequestIsShown()
    {
        explain(QString::fromUtf8(kRequest), u"X-LunarGate-Route: slow"_s);
        QCOMPARE(problem(*m_panel), QString());
        const QString text = shown(*m_panel);
        for (const char *line : {"Request: chat_completions, model slow/simulator-2; bound to slow/simulator-2",
                                 "no: X-LunarGate-Route asks for \"slow\"", "matches", "slow/simulator-2", "100 %",
                                 "limits", "allowed: it may need", "cache", "miss", "Would be sent"})
            QVERIFY2(text.contains(QString::fromUtf8(line)), qPrintable(text));
        QVERIFY(std::ranges::any_of(m_panel->findChildren<QLabel *>(u"heading"_s), [](const QLabel *label) {
            return label->text() == u"slow/simulator-2, by route slow"_s;
        }));
        QVERIFY(edit(*m_panel, u"The body that would be sent"_s)->toPlainText().contains(u"\"content\": \"Hello!\""_s));
        QCOMPARE(m_gateway->activeRequests(), 0);
    }

    void theWinnersHaveASign()
    {
        explain(u"{\"messages\":[]}"_s);
        int chosen = 0;
        for (const QLabel *label : m_panel->findChild<ExplanationView *>()->findChildren<QLabel *>())
            chosen += label->accessibleName() == u"chosen"_s ? 1 : 0;
        QCOMPARE(chosen, 2); // the route and its target
    }

    void refusalsAreShown()
    {
        explain(u"{\"model\":\"nobody/x\",\"messages\":[]}"_s, u"X-LunarGate-Provider: nobody"_s);
        QVERIFY2(shown(*m_panel).contains(u"Refused with 400 unknown_provider: "_s), qPrintable(shown(*m_panel)));
    }

    void theClientIsTheOneWhoseKeyIsShown()
    {
        m_panel.reset();
        m_gateway = test::startTestGateway("security: {enabled: true, api_key: {keys: [{name: app, value: "
                                           "key-of-the-app-1234, models: [slow/*]}]}}\n");
        m_panel = std::make_unique<ExplainPanel>();
        m_panel->setGateway(m_gateway.get());
        explain(u"{\"messages\":[]}"_s, u"Authorization: Bearer wrong-key-of-somebody"_s);
        QVERIFY2(shown(*m_panel).contains(u"Refused with 401 invalid_api_key: "_s), qPrintable(shown(*m_panel)));
        explain(u"{\"messages\":[]}"_s, u"Authorization: Bearer key-of-the-app-1234"_s);
        QVERIFY2(shown(*m_panel).contains(u"Refused with 403 model_not_allowed: "_s), qPrintable(shown(*m_panel)));
        QVERIFY(!shown(*m_panel).contains(u"key-of-the-app-1234"_s));
        explain(QString::fromUtf8(kRequest), u"Authorization: Bearer key-of-the-app-1234\nX-LunarGate-Route: slow"_s);
        QVERIFY2(shown(*m_panel).contains(u"Would be sent"_s), qPrintable(shown(*m_panel)));
    }

    void openCircuitsAreTold()
    {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"circuit breaker state change"_s));
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"no target of the route has a closed circuit"_s));
        QVERIFY(m_gateway->circuits().forceOpen("simulator", Clock::now()));
        explain(u"{\"messages\":[]}"_s);
        QVERIFY2(shown(*m_panel).contains(u"gets no calls for another"_s), qPrintable(shown(*m_panel)));
    }

    void theTextCanBeCopied()
    {
        explain(QString::fromUtf8(kRequest));
        m_panel->findChild<QToolButton *>()->click();
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.startsWith(u"Request: chat_completions"_s), qPrintable(text));
        QVERIFY(text.contains(u"\nRoutes\n  "_s));
    }

    void mistakesHaveAPlace()
    {
        explain(u"{\n  \"Gr\u00fc\u00dfe\": x\n}"_s);
        QVERIFY2(problem(*m_panel).startsWith(u"Line 2, column 12: "_s), qPrintable(problem(*m_panel)));
        QCOMPARE(edit(*m_panel, u"Request"_s)->textCursor().position(), 13);
        explain(u"{\"messages\":1}"_s);
        QVERIFY2(problem(*m_panel).contains(u"'messages' must be an array"_s), qPrintable(problem(*m_panel)));
        explain(QString());
        QVERIFY(problem(*m_panel).contains(u"Paste the body"_s));
        explain(QString::fromUtf8(kRequest), u"X-Team: red\nno header\n"_s);
        QCOMPARE(problem(*m_panel), u"Header line 2: write it as Name: value"_s);
        QCOMPARE(edit(*m_panel, u"Headers"_s)->textCursor().position(), 12);
        explain(QString::fromUtf8(kRequest));
        QCOMPARE(problem(*m_panel), QString());
    }

    void curlCommandsAreRead()
    {
        const auto request = readPastedRequest(u"curl -sS 'http://127.0.0.1:8080/v1/embeddings' \\\n  -H 'X-Team: red' "
                                               u"-H\"Content-Type: application/json\" "
                                               "--max-time 5 -d '{\"input\":\"it'\\''s\"}'\n"_s);
        QVERIFY2(request, request ? "" : qPrintable(request.error().message));
        QCOMPARE(request->body, "{\"input\":\"it's\"}");
        QVERIFY(request->endpoint == ExplainedEndpoint::Embeddings);
        QCOMPARE(request->headers.value("x-team"), "red");
        QCOMPARE(request->headers.value("Content-Type"), "application/json");
        const auto messages = readPastedRequest(u"curl 'http://127.0.0.1:8080/v1/messages?beta=true' -d '{}'"_s);
        QVERIFY(messages);
        QVERIFY(messages->endpoint == ExplainedEndpoint::Messages);
        QVERIFY(!readPastedRequest(u"curl http://127.0.0.1:8080/ -d '{}'"_s)->endpoint);
    }

    void requestsInOtherProtocolsAreExplained()
    {
        QSignalSpy explained(m_panel.get(), &ExplainPanel::explained);
        edit(*m_panel, u"Request"_s)
            ->setPlainText(u"curl http://127.0.0.1:8080/v1/messages -d "
                           "'{\"max_tokens\":9,\"messages\":[],\"mcp_servers\":[{\"url\":\"x\"}]}'"_s);
        m_panel->explain();
        QTRY_COMPARE(explained.size(), 1);
        QCOMPARE(problem(*m_panel), QString());
        QVERIFY2(shown(*m_panel).contains(u"Request: messages, no model"_s), qPrintable(shown(*m_panel)));
        QVERIFY2(shown(*m_panel).contains(u"Only targets that speak the client's protocol: "_s),
                 qPrintable(shown(*m_panel)));
        // What the history has of it is read likewise.
        HistoryRecord record = test::sampleRecord(1);
        record.messages = test::sampleMessages();
        record.endpoint = "ollama_embeddings";
        m_panel->explainRecord(record);
        QVERIFY2(problem(*m_panel).contains(u"cannot be explained"_s), qPrintable(problem(*m_panel)));
    }

    void curlCommandsThatCannotBeRead_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("why");
        QTest::newRow("open quote") << u"curl -d '{"_s << u"A quote of the command is not closed."_s;
        QTest::newRow("file") << u"curl -d @body.json http://x"_s
                              << u"The body is in a file (@body.json); paste what is in it."_s;
        QTest::newRow("no body") << u"curl http://x"_s << u"The command has no body; paste one with -d '{…}'."_s;
        QTest::newRow("broken body") << u"curl -d '{\n1}' http://x"_s << u"In the command's body: Line 2, column 1: "_s;
        QTest::newRow("broken header") << u"curl -H 'x' -d '{}'"_s << u"Header line 1: write it as Name: value"_s;
    }

    void curlCommandsThatCannotBeRead()
    {
        QFETCH(QString, command);
        QFETCH(QString, why);
        const auto request = readPastedRequest(command);
        QVERIFY(!request);
        QVERIFY2(request.error().message.startsWith(why), qPrintable(request.error().message));
    }

    void wordsAreSplitAsAShellDoes()
    {
        QCOMPARE(*shellWords(u"a  b\\ c 'd \\ e'\"f \\\"g\\x\" '' \\\nh"),
                 (QStringList{u"a"_s, u"b c"_s, u"d \\ ef \"g\\x"_s, QString(), u"h"_s}));
        QVERIFY(!shellWords(u"a \"b"));
    }

    void requestsOfTheHistoryCanBeExplained()
    {
        HistoryRecord record = test::sampleRecord(1);
        QSignalSpy explained(m_panel.get(), &ExplainPanel::explained);
        m_panel->explainRecord(record);
        QCOMPARE(explained.size(), 1);
        QVERIFY(problem(*m_panel).contains(u"was not kept"_s));
        record.messages = test::sampleMessages();
        m_panel->explainRecord(record);
        QTRY_COMPARE(explained.size(), 2);
        QCOMPARE(problem(*m_panel), QString());
        QVERIFY(edit(*m_panel, u"Headers"_s)->toPlainText().contains(u"Content-Type: application/json"_s));
        QVERIFY2(shown(*m_panel).contains(u"model gpt-4o"_s), qPrintable(shown(*m_panel)));
        auto cut = std::make_shared<HistoryMessages>(*record.messages);
        (*cut)[HistoryPart::ClientRequest]->leftOut = 5;
        record.messages = cut;
        m_panel->explainRecord(record);
        QVERIFY(problem(*m_panel).contains(u"too long"_s));
    }

    void withoutAGatewayNobodyIsAsked()
    {
        explain(QString::fromUtf8(kRequest));
        m_panel->setGateway(nullptr);
        QVERIFY(!m_panel->findChild<QPushButton *>()->isEnabled());
        QCOMPARE(shown(*m_panel), QString());
        QSignalSpy explained(m_panel.get(), &ExplainPanel::explained);
        m_panel->explain();
        QCOMPARE(explained.size(), 0);
    }

    void theKeyboardIsEnough()
    {
        m_panel->resize(900, 600);
        m_panel->show();
        QVERIFY(QTest::qWaitForWindowActive(m_panel.get()));
        m_panel->setFocus();
        QCOMPARE(test::focusedName(), u"Request"_s);
        test::type(QString::fromUtf8(kRequest));
        test::press(Qt::Key_Tab);
        QCOMPARE(test::focusedName(), u"Headers"_s);
        test::type(u"X-LunarGate-Route: slow"_s);
        QSignalSpy explained(m_panel.get(), &ExplainPanel::explained);
        test::press(Qt::CTRL | Qt::Key_Return);
        QTRY_COMPARE(explained.size(), 1);
        QCOMPARE(problem(*m_panel), QString());
        QCOMPARE(test::problemOfTabbing(), QString());
        QVERIFY(test::tabTo(u"Copy as text"_s));
        test::press(Qt::Key_Space);
        const QString text = QGuiApplication::clipboard()->text();
        QVERIFY2(text.contains(u"X-LunarGate-Route asks for"_s), qPrintable(text));
        const auto *view = m_panel->findChild<ExplanationView *>();
        QVERIFY(test::tabTo(view));
        test::press(Qt::Key_PageDown);
        QTRY_VERIFY(view->verticalScrollBar()->value() > 0);
        QVERIFY(test::tabTo(u"Endpoint"_s));
        test::press(Qt::Key_Down);
        QVERIFY(test::tabTo(u"Explain"_s));
        test::press(Qt::Key_Space);
        QTRY_COMPARE(explained.size(), 2); // as one for embeddings, which it is not
        QVERIFY2(problem(*m_panel).contains(u"input"_s) || shown(*m_panel).contains(u"input"_s),
                 qPrintable(problem(*m_panel) + shown(*m_panel)));
    }

private:
    std::unique_ptr<Gateway> m_gateway;
    std::unique_ptr<ExplainPanel> m_panel;
};

QTEST_MAIN(ExplainPanelTest)
#include "tst_explain_panel.moc"
