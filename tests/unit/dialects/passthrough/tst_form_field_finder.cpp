// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/passthrough/form_field_finder.h"

#include <QTest>

using namespace lunargate;
using passthrough::boundaryOf;
using passthrough::FormFieldFinder;

namespace {

QByteArray part(const QByteArray &disposition, const QByteArray &content)
{
    return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}

const QByteArray kModel = part(R"(name="model")", "whisper-1");
const QByteArray kFile = part(R"(name="file"; filename="a;b=\"model\".mp3")", QByteArray("\r\n--\0--bx\r\r\n-", 12));

} // namespace

class FormFieldFinderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsTheFieldAtAnySplit_data()
    {
        QTest::addColumn<QByteArray>("form");
        QTest::addColumn<QByteArray>("value");
        const QByteArray file = part(R"(name="file"; filename="model")", "bytes\r\n--\r\n-");
        QTest::newRow("first") << kModel + file + "--b--\r\n" << QByteArray("whisper-1");
        QTest::newRow("last") << file + kModel + "--b--\r\n" << QByteArray("whisper-1");
        QTest::newRow("empty") << part(R"(name="model")", "") + "--b--" << QByteArray("");
        QTest::newRow("no quotes") << part("name=model", "m") + "--b--" << QByteArray("m");
        QTest::newRow("other case, more headers")
            << QByteArray(
                   "--b \r\ncontent-type: text/plain\r\ncontent-disposition:form-data;NAME=\"model\"\r\n\r\nm\r\n--b--")
            << QByteArray("m");
        QTest::newRow("a preamble and an epilogue")
            << "hi\r\n" + kModel + "--b--\r\n" + kModel << QByteArray("whisper-1");
    }

    void findsTheFieldAtAnySplit()
    {
        QFETCH(const QByteArray, form);
        QFETCH(const QByteArray, value);
        for (qsizetype size = 1; size <= form.size(); ++size) {
            FormFieldFinder finder("b", "model");
            for (qsizetype at = 0; at < form.size(); at += size)
                QVERIFY(finder.feed(form.sliced(at, std::min(size, form.size() - at))).has_value());
            QVERIFY(finder.hasEnded());
            QVERIFY(finder.field().has_value());
            QCOMPARE(finder.field()->value, value);
            QCOMPARE(finder.field()->place.of(form), value);
        }
    }

    void knowsTheFieldBeforeTheEnd()
    {
        FormFieldFinder finder("b", "model");
        QVERIFY(finder.feed(kModel).has_value());
        QVERIFY(!finder.field().has_value()); // its end may still be a part of the value
        QVERIFY(finder.feed("--b\r\n").has_value());
        QVERIFY(finder.field().has_value());
        QVERIFY(!finder.hasEnded());
    }

    void otherFieldsAreNone_data()
    {
        QTest::addColumn<QByteArray>("form");
        QTest::newRow("another name") << part(R"(name="model2")", "m") + "--b--";
        QTest::newRow("a file's name") << part(R"(name="x"; filename="model")", "m") + "--b--";
        QTest::newRow("in quotes") << part(R"(name="x; name=model")", "m") + "--b--";
        QTest::newRow("in the content") << part(R"(name="x")", "Content-Disposition: form-data; name=\"model\"") +
                                               "--b--";
        QTest::newRow("no parts") << QByteArray("--b--\r\n");
        QTest::newRow("nothing") << QByteArray();
    }

    void otherFieldsAreNone()
    {
        QFETCH(const QByteArray, form);
        FormFieldFinder finder("b", "model");
        QVERIFY(finder.feed(form).has_value());
        QVERIFY(!finder.field().has_value());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("form");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("the field twice") << kModel + kModel + "--b--" << QByteArray("duplicate_key");
        QTest::newRow("a boundary within a line") << kFile + kModel + "--b--" << QByteArray("invalid_form");
        QTest::newRow("endless headers") << "--b\r\n" + QByteArray(20'000, 'x') << QByteArray("invalid_form");
        QTest::newRow("an endless value") << part("name=model", QByteArray(3000, 'x')) << QByteArray("invalid_value");
    }

    void refuses()
    {
        QFETCH(const QByteArray, form);
        FormFieldFinder finder("b", "model");
        const Result<void> fed = finder.feed(form);
        QVERIFY(!fed.has_value());
        QTEST(fed.error().reason, "reason");
        QCOMPARE(fed.error().kind, ErrorKind::InvalidRequest);
    }

    void readsBoundaries_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("boundary");
        QTest::newRow("plain") << QByteArray("multipart/form-data; boundary=abc") << QByteArray("abc");
        QTest::newRow("quoted") << QByteArray("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"")
                                << QByteArray("a b");
        QTest::newRow("none") << QByteArray("multipart/form-data") << QByteArray();
        QTest::newRow("too long") << QByteArray("multipart/form-data; boundary=" + QByteArray(71, 'x')) << QByteArray();
        QTest::newRow("no form") << QByteArray("application/json; boundary=abc") << QByteArray();
    }

    void readsBoundaries()
    {
        QFETCH(const QByteArray, type);
        QTEST(boundaryOf(type), "boundary");
    }
};

QTEST_APPLESS_MAIN(FormFieldFinderTest)
#include "tst_form_field_finder.moc"
