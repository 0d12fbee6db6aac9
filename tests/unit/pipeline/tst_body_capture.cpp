// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/body_capture.h"
#include "tests/unit/async/run_task.h"

#include <QTest>

#include <array>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// Answers with the given pieces.
class ScriptedCall : public UpstreamCall
{
public:
    explicit ScriptedCall(QByteArrayList pieces) : m_pieces(std::move(pieces)) {}

    Task<Result<UpstreamHead>> head(TimePoint) override
    {
        co_return UpstreamHead{.status = 200, .headers = {{"X-Of", m_pieces.value(0)}}};
    }
    Task<Result<QByteArray>> read(TimePoint) override
    {
        co_return m_pieces.isEmpty() ? QByteArray() : m_pieces.takeFirst();
    }

private:
    QByteArrayList m_pieces;
};

std::unique_ptr<UpstreamCall> watched(BodyCapture &capture, const QByteArray &body, const QByteArrayList &pieces)
{
    return capture.watch({.body = body},
                         [&](const UpstreamRequest &) { return std::make_unique<ScriptedCall>(pieces); });
}

const HistoryMessage &part(const BodyCapture &capture, HistoryPart which)
{
    static std::shared_ptr<const HistoryMessages> messages;
    messages = capture.messages();
    return *(*messages)[which];
}

} // namespace

/// What is collected for the history.
class BodyCaptureTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void framesEndWhereThePiecesDo()
    {
        BodyCapture capture(Clock::now(), 1000);
        capture.noteAnswer("abc");
        capture.noteAnswer("de");
        const HistoryMessage answer = part(capture, HistoryPart::ClientAnswer);
        QCOMPARE(answer.body, QByteArray("abcde"));
        QCOMPARE(answer.frames.size(), 2u);
        QCOMPARE(answer.frames[0].end, 3);
        QCOMPARE(answer.frames[1].end, 5);
        QVERIFY(!(*capture.messages())[HistoryPart::ProviderAnswer]);
    }

    void whatIsSentOnWhileItComesIsCounted()
    {
        BodyCapture capture(Clock::now(), 1000);
        const auto rest = std::make_shared<IncomingBody>(std::optional<qint64>(10));
        rest->put("0123456789", true);
        std::array<char, 10> bytes{};
        QCOMPARE(rest->take(bytes.data(), 2), 2); // by another call
        const auto call = capture.watch({.body = "abc", .rest = rest}, [](const UpstreamRequest &) {
            return std::make_unique<ScriptedCall>(QByteArrayList());
        });
        QCOMPARE(rest->take(bytes.data(), 7), 7);
        const HistoryMessage request = part(capture, HistoryPart::ProviderRequest);
        QCOMPARE(request.body, "abc");
        QCOMPARE(request.leftOut, 7);
    }

    // A secret may begin before the limit and end behind it.
    void somewhatMoreThanWantedIsCollected()
    {
        BodyCapture capture(Clock::now(), 10);
        for (int i = 0; i < 100; ++i)
            capture.noteAnswer(QByteArray(1024, 'x'));
        const HistoryMessage answer = part(capture, HistoryPart::ClientAnswer);
        QCOMPARE(answer.body.size(), 10 + 64 * 1024);
        QCOMPARE(answer.body.size() + answer.leftOut, 100 * 1024);
        QCOMPARE(answer.frames.back().end, answer.body.size());
    }

    // Of two targets that are asked at once, the one that answers.
    void theCallThatSomethingCameFromLastIsKept()
    {
        BodyCapture capture(Clock::now(), 1000);
        const auto first = watched(capture, "to one", {"one"});
        const auto second = watched(capture, "to two", {"two"});
        QCOMPARE(part(capture, HistoryPart::ProviderRequest).body, QByteArray("to two"));
        QVERIFY(runTask(first->head(kNever)));
        QVERIFY(runTask(first->read(kNever)));
        QCOMPARE(part(capture, HistoryPart::ProviderRequest).body, QByteArray("to one"));
        QCOMPARE(part(capture, HistoryPart::ProviderAnswer).body, QByteArray("one"));
        QCOMPARE(part(capture, HistoryPart::ProviderAnswer).headers.value("X-Of"), QByteArray("one"));
    }

    void aCallThatGotNothingDoesNotHideTheOneBefore()
    {
        BodyCapture capture(Clock::now(), 1000);
        const auto first = watched(capture, "to one", {"one"});
        QVERIFY(runTask(first->head(kNever)));
        const auto second = watched(capture, "to two", {"two"});
        QCOMPARE(part(capture, HistoryPart::ProviderRequest).body, QByteArray("to one"));
        QVERIFY(runTask(second->head(kNever)));
        QCOMPARE(part(capture, HistoryPart::ProviderRequest).body, QByteArray("to two"));
    }

    // It is read in another thread while the call may go on.
    void whatWasGivenAwayStaysAsItWas()
    {
        BodyCapture capture(Clock::now(), 1000);
        capture.noteAnswer("abc");
        const auto before = capture.messages();
        capture.noteAnswer("de");
        QCOMPARE((*before)[HistoryPart::ClientAnswer]->body, QByteArray("abc"));
    }
};

QTEST_GUILESS_MAIN(BodyCaptureTest)
#include "tst_body_capture.moc"
