// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"
#include "ui/detail/conversation_text.h"
#include "ui/detail/record_text.h"
#include "ui/detail/request_export.h"
#include "ui/text/plain_tool_tip.h"
#include "ui/text/pretty_json.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QTest>
#include <QTextBlock>
#include <QTextDocument>

using namespace lunargate;
using namespace lunargate::ui;
using namespace std::chrono_literals;
using Kind = TextBlock::Kind;

namespace {

HistoryRecord recordWithMessages()
{
    HistoryRecord record = test::sampleRecord(1);
    record.messages = test::sampleMessages();
    return record;
}

QStringList textsOf(const TextBlocks &blocks, Kind kind)
{
    QStringList texts;
    for (const TextBlock &block : blocks) {
        if (block.kind == kind)
            texts.append(block.text);
    }
    return texts;
}

HistoryRecord recordOfRequest(const QByteArray &body)
{
    HistoryRecord record = test::sampleRecord(1);
    auto messages = std::make_shared<HistoryMessages>();
    (*messages)[HistoryPart::ClientRequest] = {.body = body};
    record.messages = messages;
    return record;
}

} // namespace

/// What is told of a single request.
class DetailTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void conversationHasMessagesToolsAndTheAnswer()
    {
        const TextBlocks blocks = conversationText(recordWithMessages());
        QCOMPARE(textsOf(blocks, Kind::Heading),
                 (QStringList{QStringLiteral("system"), QStringLiteral("user"), QStringLiteral("assistant"),
                              QStringLiteral("tool · call_1"), QStringLiteral("assistant")}));
        QCOMPARE(
            textsOf(blocks, Kind::Body),
            (QStringList{QStringLiteral("You are a careful assistant."), QStringLiteral("Which tests fail on <main>?"),
                         QStringLiteral("97% tests passed, 2 tests failed out of 81"),
                         QStringLiteral("Two tests fail: tst_retry and tst_reload.")}));
        QCOMPARE(textsOf(blocks, Kind::Code), QStringList{QStringLiteral("{\n  \"command\": \"ctest\"\n}")});
        QVERIFY(textsOf(blocks, Kind::Note).contains(QStringLiteral("Tools: bash")));
    }

    void conversationShowsPartsReasoningAndErrors()
    {
        HistoryRecord record =
            recordOfRequest("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Look\"},"
                            "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,AAAA\"}}]},"
                            "{\"role\":\"assistant\",\"reasoning_content\":\"hm\",\"content\":\"Yes\"}]}");
        record.error = "rate_limited";
        record.errorMessage = "slow down";
        const TextBlocks blocks = conversationText(record);
        QCOMPARE(textsOf(blocks, Kind::Body), (QStringList{QStringLiteral("Look"), QStringLiteral("Yes")}));
        const QStringList notes = textsOf(blocks, Kind::Note);
        QVERIFY(notes.contains(QStringLiteral("hm")));
        QVERIFY(notes.contains(QStringLiteral("rate_limited: slow down")));
        QVERIFY2(notes.first().startsWith(QStringLiteral("[image, ")), qPrintable(notes.first()));
    }

    void withoutBodiesTheReasonIsTold()
    {
        const HistoryRecord record = test::sampleRecord(1);
        for (const TextBlocks &blocks :
             {conversationText(record), requestText(record), responseText(record), headersText(record)}) {
            QCOMPARE(blocks.size(), size_t(1));
            QVERIFY(blocks.front().text.contains(QStringLiteral("history.capture: bodies")));
        }
        QVERIFY(rawText(record).front().text.contains(QStringLiteral("\"id\": \"id-1\"")));
    }

    void brokenRequestsAreShownAsTheyAre()
    {
        const HistoryRecord record = recordOfRequest("{\"messages\":[");
        QCOMPARE(textsOf(requestText(record), Kind::Code), QStringList{QStringLiteral("{\"messages\":[")});
        QCOMPARE(conversationText(record).size(), size_t(1));
    }

    void jsonKeepsItsNumbersAndOrder()
    {
        QCOMPARE(prettyJson(QByteArray("{\"b\":1.0,\"a\":[],\"c\":[1,{\"d\":null}]}")),
                 QStringLiteral(
                     "{\n  \"b\": 1.0,\n  \"a\": [],\n  \"c\": [\n    1,\n    {\n      \"d\": null\n    }\n  ]\n}"));
        QCOMPARE(prettyJson(QByteArray("no json")), QStringLiteral("no json"));
    }

    void deepJsonIsShownAsItIs()
    {
        const QByteArray deep = QByteArray(100'000, '[') + QByteArray(100'000, ']');
        QCOMPARE(prettyJson(deep), QString::fromUtf8(deep));
        HistoryRecord record = recordOfRequest("{\"messages\":[{\"role\":\"user\",\"content\":[" + deep + "]}]}");
        QCOMPARE(textsOf(conversationText(record), Kind::Note).size(), 1);
    }

    void deepLinesAreNotMovedOutOfSight()
    {
        const QByteArray deep = QByteArray(500, '[') + QByteArray("1,").repeated(50'000) + '1' + QByteArray(500, ']');
        const QString pretty = prettyJson(deep);
        QVERIFY(pretty.contains(u'\n'));
        QVERIFY2(pretty.size() < 50 * deep.size(), qPrintable(QString::number(pretty.size())));
    }

    void toolTipsShowMarkupLetterByLetter()
    {
        FramesModel model;
        model.setMessage({.body = "<img src=x>", .frames = {{.at = 1ms, .end = 11}}});
        const QString tip = model.index(0, FramesModel::Data).data(Qt::ToolTipRole).toString();
        QVERIFY2(!tip.contains(QStringLiteral("<img")), qPrintable(tip));
        QTextDocument document;
        document.setHtml(plainToolTip(QStringLiteral("<b>a</b> & &amp;\n  b")));
        QCOMPARE(document.toPlainText(), QStringLiteral("<b>a</b> & &amp;\n  b"));
        QVERIFY(plainToolTip({}).isEmpty());
    }

    void sheetsShowMarkupLetterByLetter()
    {
        TextSheet sheet;
        sheet.setBlocks({{Kind::Heading, QStringLiteral("user")}, {Kind::Body, QStringLiteral("<b>bold</b>\n&amp;")}});
        QCOMPARE(sheet.toPlainText(), QStringLiteral("user\n<b>bold</b>\n&amp;"));
    }

    void sheetsCutWhatIsTooLong()
    {
        TextSheet sheet;
        QElapsedTimer timer;
        timer.start();
        sheet.setBlocks({{Kind::Code, QString(10'000'000, u'x')}});
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(sheet.toPlainText().size() < TextSheet::kMostCharacters + 1000);
        QVERIFY(sheet.toPlainText().contains(QStringLiteral("the rest is not shown")));
        for (QTextBlock block = sheet.document()->begin(); block.isValid(); block = block.next())
            QVERIFY(block.length() <= 4097);
    }

    void framesTellWhenTheyCame()
    {
        FramesModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setMessage(
            {.body = "data: a\n\ndata: b\n\n", .frames = {{.at = 640ms, .end = 9}, {.at = 677ms, .end = 18}}});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, FramesModel::At).data().toString(), QStringLiteral("640 ms"));
        QCOMPARE(model.index(0, FramesModel::Gap).data().toString(), QString());
        QCOMPARE(model.index(1, FramesModel::Gap).data().toString(), QStringLiteral("+37 ms"));
        QCOMPARE(model.index(1, FramesModel::Size).data().toString(), QStringLiteral("9 B"));
        QCOMPARE(model.index(1, FramesModel::Data).data().toString(), QStringLiteral("data: b"));
    }

    void framesOfACutBodyAreEmpty()
    {
        FramesModel model;
        model.setMessage({.body = "data: a", .frames = {{.at = 1ms, .end = 9}, {.at = 2ms, .end = 18}}, .leftOut = 11});
        QCOMPARE(model.index(0, FramesModel::Data).data().toString(), QStringLiteral("data: a"));
        QCOMPARE(model.index(1, FramesModel::Data).data().toString(), QString());
    }

    void attemptsLieInTheRequestsTime()
    {
        HistoryRecord record = test::sampleRecord(1);
        record.duration = 1000ms;
        record.attempts = {{.provider = "one",
                            .model = "m",
                            .outcome = "server_error",
                            .status = 500,
                            .error = "upstream_status",
                            .startedAfter = 0ms,
                            .duration = 200ms},
                           {.provider = "two",
                            .model = "m",
                            .outcome = "success",
                            .status = 200,
                            .startedAfter = 500ms,
                            .waited = 300ms,
                            .timeToFirstByte = 250ms,
                            .duration = 500ms,
                            .phases = PhaseTimes{.dns = 2ms, .connect = 10ms, .tls = 30ms, .firstByte = 200ms}}};
        AttemptsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRecord(record);
        QCOMPARE(model.index(0, AttemptsModel::Outcome).data().toString(), QStringLiteral("500 upstream_status"));
        const auto first = model.index(0, AttemptsModel::Timeline).data(AttemptsModel::kSpanRole).value<AttemptSpan>();
        QVERIFY(first.hasFailed);
        QCOMPARE(first.end, 0.2);
        const auto second = model.index(1, AttemptsModel::Timeline).data(AttemptsModel::kSpanRole).value<AttemptSpan>();
        QCOMPARE(second.waitBegin, 0.2);
        QCOMPARE(second.begin, 0.5);
        QCOMPARE(second.firstByte, 0.75);
        QCOMPARE(second.end, 1.0);
        QVERIFY(!model.index(1, AttemptsModel::Timeline).data(Qt::AccessibleTextRole).toString().isEmpty());
        QCOMPARE(model.index(0, AttemptsModel::Connection).data().toString(), QString());
        QVERIFY(model.index(1, AttemptsModel::Connection).data().toString().startsWith(QStringLiteral("new, 42")));
        QVERIFY(model.index(1, AttemptsModel::Connection).data(Qt::ToolTipRole).toString().contains(u"TLS"));
    }

    void requestsCanBeSentAgain()
    {
        const HistoryRecord record = recordWithMessages();
        const QByteArray url = urlOf(record, QStringLiteral("http://127.0.0.1:8080"));
        QCOMPARE(url, "http://127.0.0.1:8080/v1/chat/completions");
        const Result<QByteArray> program = pythonProgram(record, url);
        QVERIFY(program);
        QVERIFY(program->contains("requests.post(\"http://127.0.0.1:8080/v1/chat/completions\""));
        QVERIFY(program->contains("\"Content-Type\": \"application/json\""));
        QVERIFY(program->contains("body = \"{\\\"model\\\":\\\"gpt-4o\\\""));
        QVERIFY(!program->contains("\"Host\""));
        QCOMPARE(pythonProgram(test::sampleRecord(1), url).error().reason, "body_not_kept");
        QVERIFY(recordHar(record, url).contains("\"url\":\"" + url + '"'));
    }
};

QTEST_MAIN(DetailTest)
#include "tst_detail.moc"
