// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/dialects/openai_responses/responses_testing.h"

using namespace lunargate::test;

namespace lunargate {

/// What of a body is read before it is known what it refers to.
class ResponsesBodiesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void refusesWhatItCannotRead_data();
    void refusesWhatItCannotRead();
    void takesWhatNeedsNoInput_data();
    void takesWhatNeedsNoInput();
    void tellsWhatTheClientWants();
    void findsReferences();
    void idsTellTheirResponse_data();
    void idsTellTheirResponse();
};

void ResponsesBodiesTest::refusesWhatItCannotRead_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("error"); // reason and field
    QTest::newRow("empty") << QByteArray() << QByteArray("empty_body ");
    QTest::newRow("no JSON") << QByteArray("{") << QByteArray("invalid_json ");
    QTest::newRow("two values") << QByteArray(R"({"input":"a"} {})") << QByteArray("invalid_json ");
    QTest::newRow("list") << QByteArray("[]") << QByteArray("invalid_json ");
    QTest::newRow("too deep") << withInput(QByteArray(70, '[') + QByteArray(70, ']')) << QByteArray("json_too_deep ");
    QTest::newRow("model") << withInput("\"a\"", R"("model":1)") << QByteArray("invalid_type model");
    QTest::newRow("input number") << withInput("1") << QByteArray("invalid_type input");
    QTest::newRow("input object") << withInput("{}") << QByteArray("invalid_type input");
    QTest::newRow("no input") << QByteArray("{}") << QByteArray("missing_required_parameter input");
    QTest::newRow("empty text") << withInput("\"\"") << QByteArray("missing_required_parameter input");
    QTest::newRow("empty list") << withInput("[]") << QByteArray("missing_required_parameter input");
    QTest::newRow("stream") << withInput("\"a\"", R"("stream":"yes")") << QByteArray("invalid_type stream");
    QTest::newRow("store") << withInput("\"a\"", R"("store":1)") << QByteArray("invalid_type store");
    QTest::newRow("previous") << withInput("\"a\"", R"("previous_response_id":7)")
                              << QByteArray("invalid_type previous_response_id");
    QTest::newRow("twice") << withInput("\"a\"", R"("input":"b")") << QByteArray("duplicate_key input");
}

void ResponsesBodiesTest::refusesWhatItCannotRead()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, error);
    const Result<responses::ResponsesBody> read = responses::readBody(body, 64);
    QVERIFY(!read);
    QCOMPARE(read.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(read.error().reason + ' ' + read.error().param, error);
}

void ResponsesBodiesTest::takesWhatNeedsNoInput_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("prompt") << QByteArray(R"({"prompt":{"id":"p"}})");
    QTest::newRow("conversation") << QByteArray(R"({"conversation":"c"})");
    QTest::newRow("previous response") << QByteArray(R"({"previous_response_id":"r","input":[]})");
    QTest::newRow("warm-up") << QByteArray(R"({"generate":false,"input":[]})");
}

void ResponsesBodiesTest::takesWhatNeedsNoInput()
{
    QFETCH(const QByteArray, body);
    QVERIFY(responses::readBody(body, 64));
}

void ResponsesBodiesTest::tellsWhatTheClientWants()
{
    const responses::ResponsesBody plain = responsesBody(withInput("\"a\"", R"("previous_response_id":null)"));
    QVERIFY(plain.store && plain.generate && !plain.stream && !plain.background);
    QCOMPARE(plain.model, "");
    QCOMPARE(plain.previousResponseId, "");
    const responses::ResponsesBody other = responsesBody(
        R"({"model":"m","input":"a","store":false,"stream":true,"generate":false,"background":true,"previous_response_id":"resp_1"})");
    QVERIFY(!other.store && !other.generate && other.stream && other.background);
    QCOMPARE(other.model, "m");
    QCOMPARE(other.previousResponseId, "resp_1");
}

void ResponsesBodiesTest::findsReferences()
{
    const responses::ResponsesBody body = responsesBody(withInput(
        R"([{"type":"item_reference","id":"msg_1"},{"id":"rs_2"},{"role":"user","content":"x","id":"msg_3"},{"type":"reasoning","id":"rs_4"}])"));
    QCOMPARE(body.itemReferences, (std::vector<QByteArray>{"msg_1", "rs_2"}));
}

void ResponsesBodiesTest::idsTellTheirResponse_data()
{
    QTest::addColumn<QByteArray>("item");
    QTest::addColumn<QByteArray>("response");
    QTest::newRow("message") << "msg_" + kOwn + "_0" << "resp_" + kOwn;
    QTest::newRow("input item") << "fc_" + kOwn + "_i12" << "resp_" + kOwn;
    QTest::newRow("of a provider") << QByteArray("msg_68af0a") << QByteArray();
    QTest::newRow("of a provider, longer") << "msg_" + kOwn << QByteArray();
    QTest::newRow("no digits") << "msg_" + QByteArray(32, 'z') + "_0" << QByteArray();
    QTest::newRow("empty") << QByteArray() << QByteArray();
}

void ResponsesBodiesTest::idsTellTheirResponse()
{
    QFETCH(const QByteArray, item);
    QFETCH(const QByteArray, response);
    QCOMPARE(responses::responseOfItem(item), response);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesBodiesTest)
#include "tst_bodies.moc"
