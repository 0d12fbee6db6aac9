// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/passthrough/form_field_finder.h"
#include "gateway/dialects/passthrough/form_headers.h"

#include <QTest>

using namespace lunargate;
using passthrough::boundaryOf;
using passthrough::FormFieldFinder;

namespace {

QByteArray part(const QByteArray &disposition, const QByteArray &content)
{
    return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
}

// Without raw strings: moc loses its way in those before the class.
const QByteArray kModel = part("name=\"model\"", "whisper-1");
const QByteArray kFile =
    part("name=\"file\"; filename=\"a;b=\\\"model\\\".mp3\"", QByteArray("\r\n--\0--bx\r\r\n-", 13));

} // namespace

class FormFieldFinderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsTheFieldAtAnySplit_data();
    void findsTheFieldAtAnySplit();
    void knowsTheFieldBeforeTheEnd();
    void otherFieldsAreNone_data();
    void otherFieldsAreNone();
    void refuses_data();
    void refuses();
    void boundsTheHeadersOfAPart();
    void readsBoundaries_data();
    void readsBoundaries();
};

void FormFieldFinderTest::findsTheFieldAtAnySplit_data()
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
        << "hi\r\n" + kModel + "--b-- \r\nbye\r\n--x" << QByteArray("whisper-1");
    QTest::newRow("parts without content")
        << part("name=x", "") + part("name=model", "m") + "--b--\r" << QByteArray("m");
    QTest::newRow("content that begins like a boundary")
        << part("name=x", "--a") + part("name=y", "-") + part("name=model", "--") + "--b--" << QByteArray("--");
    QTest::newRow("a coding that changes nothing")
        << QByteArray("--b\r\nContent-Transfer-Encoding: 8BIT\r\nContent-Disposition: form-data; name=model\r\n\r\nm"
                      "\r\n--b--")
        << QByteArray("m");
    QTest::newRow("behind bytes that are nearly a boundary") << kFile + kModel + "--b--" << QByteArray("whisper-1");
}

void FormFieldFinderTest::findsTheFieldAtAnySplit()
{
    QFETCH(const QByteArray, form);
    QFETCH(const QByteArray, value);
    for (qsizetype size = 1; size <= form.size(); ++size) {
        FormFieldFinder finder("b", "model");
        for (qsizetype at = 0; at < form.size(); at += size)
            QVERIFY(finder.feed(form.sliced(at, std::min(size, form.size() - at))).has_value());
        QVERIFY(finder.hasEnded());
        QVERIFY(finder.finish().has_value());
        QVERIFY(finder.field().has_value());
        QCOMPARE(finder.field()->value, value);
        QCOMPARE(finder.field()->place.of(form), value);
    }
}

void FormFieldFinderTest::knowsTheFieldBeforeTheEnd()
{
    FormFieldFinder finder("b", "model");
    QVERIFY(finder.feed(kModel).has_value());
    QVERIFY(!finder.field().has_value()); // its end may still be a part of the value
    QVERIFY(finder.feed("--b\r\n").has_value());
    QVERIFY(finder.field().has_value());
    QVERIFY(!finder.hasEnded());
    QCOMPARE(finder.finish().error().reason, "invalid_form");
}

void FormFieldFinderTest::otherFieldsAreNone_data()
{
    QTest::addColumn<QByteArray>("form");
    QTest::newRow("another name") << part(R"(name="model2")", "m") + "--b--";
    QTest::newRow("a file's name") << part(R"(name="x"; filename="model")", "m") + "--b--";
    QTest::newRow("in quotes") << part(R"(name="x; name=model")", "m") + "--b--";
    QTest::newRow("in the content") << part(R"(name="x")", "Content-Disposition: form-data; name=\"model\"") + "--b--";
    QTest::newRow("no parts") << QByteArray("--b--\r\n");
    QTest::newRow("nothing") << QByteArray();
}

void FormFieldFinderTest::otherFieldsAreNone()
{
    QFETCH(const QByteArray, form);
    FormFieldFinder finder("b", "model");
    QVERIFY(finder.feed(form).has_value());
    QVERIFY(!finder.field().has_value());
}

void FormFieldFinderTest::refuses_data()
{
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("the field twice") << kModel + kModel + "--b--" << QByteArray("duplicate_key");
    QTest::newRow("a boundary within a line")
        << part("name=x", "\r\n--bx") + kModel + "--b--" << QByteArray("invalid_form");
    const QByteArray head = "--b\r\nContent-Disposition: form-data; ";
    const auto row = [](const char *name, const QByteArray &form) {
        QTest::newRow(name) << form + "--b--" << QByteArray("invalid_form");
    };
    row("a hyphen behind the boundary", "--b-\r\nContent-Disposition: form-data; name=x\r\n\r\nm\r\n");
    row("a bare line feed before a boundary", head + "name=x\r\n\r\nfile\n" + kModel);
    row("one within the value", head + "name=model\r\n\r\nm\n--b\r\n");
    row("one before the first boundary", "hi\n" + kModel);
    row("one behind a boundary", "--b\nContent-Disposition: form-data; name=x\r\n\r\nm\r\n");
    row("one between headers", "--b\r\nX: a\nContent-Disposition: form-data; name=x\r\n\r\nm\r\n");
    row("a folded header", "--b\r\nContent-Disposition: form-data;\r\n name=model\r\n\r\nm\r\n");
    row("no disposition", "--b\r\nContent-Type: text/plain\r\n\r\nm\r\n");
    row("no headers", "--b\r\n\r\nm\r\n");
    row("two dispositions", head + "name=x\r\nContent-Disposition: form-data; name=model\r\n\r\nm\r\n");
    row("two names", head + "name=x; name=model\r\n\r\nm\r\n");
    row("an encoded name", head + "name=x; name*=utf-8''model\r\n\r\nm\r\n");
    // What some take for a boundary, and others for a line of content or of headers.
    row("a boundary right behind the headers", head + "name=x\r\n\r\n" + kModel);
    row("a boundary right behind an empty header block", "--b\r\n\r\n" + kModel);
    row("a boundary instead of headers", "--b\r\n" + kModel);
    row("a boundary among the headers", head + "name=model\r\n--b\r\nX: y\r\n\r\nm\r\n");
    row("the last boundary among the headers", head + "name=model\r\n--b--\r\n\r\nm\r\n");
    row("something behind the last boundary", kModel + "--b--x\r\n");
    row("a part behind the end", "--b--\r\n" + kModel);
    row("a bare line feed behind the end", "--b--\r\n\n");
    row("a carriage return behind a boundary", "--b\r \r\nContent-Disposition: form-data; name=x\r\n\r\nm\r\n");
    row("a bare line feed that ends the headers", head + "name=model\n\nm\n");
    row("a bare carriage return in a header", head + "name=x\rX: y\r\n\r\nm\r\n");
    row("a header line without a colon", head + "name=x\r\nX\r\n\r\nm\r\n");
    row("white space before a colon", "--b\r\nContent-Disposition : form-data; name=x\r\n\r\nm\r\n");
    row("a NUL in a name", head + QByteArray("name=\"model\0\"\r\n\r\nm\r\n", 20));
    row("a name that is one without escapes only", head + "name=\"x\\\"; name=model; y=\"\r\n\r\nm\r\n");
    row("a name with an escape", head + "name=\"mo\\del\"\r\n\r\nm\r\n");
    row("a coded value", "--b\r\nContent-Transfer-Encoding: base64\r\n" + kModel.sliced(5));
    row("another disposition", "--b\r\nContent-Disposition: attachment; name=model\r\n\r\nm\r\n");
    QTest::newRow("endless headers") << "--b\r\n" + QByteArray(20'000, 'x') << QByteArray("invalid_form");
    QTest::newRow("an endless value") << part("name=model", QByteArray(3000, 'x')) << QByteArray("invalid_value");
}

void FormFieldFinderTest::refuses()
{
    QFETCH(const QByteArray, form);
    FormFieldFinder finder("b", "model");
    const Result<void> fed = finder.feed(form);
    QVERIFY(!fed.has_value());
    QTEST(fed.error().reason, "reason");
    QCOMPARE(fed.error().kind, ErrorKind::InvalidRequest);
}

void FormFieldFinderTest::boundsTheHeadersOfAPart()
{
    const QByteArray form = "--b\r\nContent-Disposition: form-data; name=model; x=";
    for (const qsizetype length : {8'000, 17'000}) {
        FormFieldFinder finder("b", "model");
        QVERIFY(finder.feed(form));
        bool isGood = true;
        for (qsizetype sent = 0; isGood && sent < length; sent += 1000)
            isGood = finder.feed(QByteArray(1000, 'y')).has_value();
        QCOMPARE(isGood, length == 8'000);
    }
}

void FormFieldFinderTest::readsBoundaries_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("boundary");
    QTest::newRow("plain") << QByteArray("multipart/form-data; boundary=abc") << QByteArray("abc");
    QTest::newRow("quoted") << QByteArray("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") << QByteArray("a b");
    QTest::newRow("none") << QByteArray("multipart/form-data") << QByteArray();
    QTest::newRow("too long") << QByteArray("multipart/form-data; boundary=" + QByteArray(71, 'x')) << QByteArray();
    QTest::newRow("no form") << QByteArray("application/json; boundary=abc") << QByteArray();
    QTest::newRow("two") << QByteArray("multipart/form-data; boundary=a; boundary=b") << QByteArray();
    QTest::newRow("two forms") << QByteArray("multipart/form-data; boundary=a; boundary*=b") << QByteArray();
    QTest::newRow("an escape") << QByteArray("multipart/form-data; boundary=\"a\\b\"") << QByteArray();
    QTest::newRow("a space at its end") << QByteArray("multipart/form-data; boundary=\"a \"") << QByteArray();
    QTest::newRow("another character") << QByteArray("multipart/form-data; boundary=\"a;b\"") << QByteArray();
}

void FormFieldFinderTest::readsBoundaries()
{
    QFETCH(const QByteArray, type);
    QTEST(boundaryOf(type), "boundary");
}

QTEST_APPLESS_MAIN(FormFieldFinderTest)
#include "tst_form_field_finder.moc"
