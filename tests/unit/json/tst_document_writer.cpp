// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/document_writer.h"

#include "gateway/json/object_text.h"
#include "gateway/json/parsed_text.h"
#include "gateway/json/writer.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <limits>
#include <utility>

namespace lunargate::json {

// What the parser makes of the same text is the reference for all of this.
class DocumentWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsLikeTheParsedText();
    void integersHaveTheParsersTypes();
    void replacesInvalidUtf8();
    void copiesTextsOfAnySize_data();
    void copiesTextsOfAnySize();
    void carriesValuesWithoutTheirTexts();
    void keepsWholeDocuments();
    void staysWhereItIsWhenMoved();
    void isNothingBeforeItIsWritten();
    void membersWithoutAValueAreNull();
    void membersStandWhereAWalkFindsThem_data();
    void membersStandWhereAWalkFindsThem();
    void agreesOnTheFuzzCorpora();
};

namespace {

/// The value anew, member by member and element by element.
void writeAnew(DocumentWriter &json, Value value)
{
    if (value.isObject()) {
        json.beginObject();
        for (const auto [name, inner] : value.members()) {
            json.key(name);
            writeAnew(json, inner);
        }
        json.endObject();
    } else if (value.isArray()) {
        json.beginArray();
        for (const Value inner : value.elements())
            writeAnew(json, inner);
        json.endArray();
    } else if (value.isString()) {
        json.documentText(value.string());
    } else if (const std::optional<qint64> number = value.integer()) {
        json.integer(*number);
    } else {
        json.value(value);
    }
}

bool isSame(const std::vector<Member> &one, const std::vector<Member> &other)
{
    const auto isSameRange = [](Range a, Range b) { return a.begin == b.begin && a.end == b.end; };
    return std::ranges::equal(one, other, [&](const Member &a, const Member &b) {
        return a.key == b.key && isSameRange(a.value, b.value) && isSameRange(a.whole, b.whole);
    });
}

} // namespace

void DocumentWriterTest::readsLikeTheParsedText()
{
    DocumentWriter json;
    json.beginObject();
    json.member("a", "x").member("b", 1).member("c", -2).member("d", true).member("e", QByteArray("y\n\"\\"));
    json.key("list").beginArray().integer(1).string("2").null().beginObject().endObject().beginArray().endArray();
    json.raw("[1,{\"x\":2.5}]").boolean(false).endArray();
    json.key("empty").beginObject().endObject();
    json.member("", "").member("last", QByteArrayView("z")).endObject();
    const Document written = std::move(json).finish();
    const QByteArray text = R"({"a":"x","b":1,"c":-2,"d":true,"e":"y\n\"\\","list":[1,"2",null,{},[],[1,{"x":2.5}],)"
                            R"(false],"empty":{},"":"","last":"z"})";
    QCOMPARE(toText(written.root()), text);
    const std::optional<Document> parsed = Document::parse(text);
    QVERIFY(parsed);
    QVERIFY(yyjson_equals(written.root().raw(), parsed->root().raw()));
    QCOMPARE(written.root().size(), 9u);
    QCOMPARE(written.root()["list"].size(), 7u);
    QCOMPARE(written.root()["list"].at(5).at(1)["x"].number(), 2.5);
    QCOMPARE(written.root()["last"].string(), "z");
    QVERIFY(isDeeperThan(written.root(), 3));
    QVERIFY(!isDeeperThan(written.root(), 4));
}

void DocumentWriterTest::integersHaveTheParsersTypes()
{
    DocumentWriter json;
    constexpr qint64 kLeast = std::numeric_limits<qint64>::min();
    constexpr qint64 kMost = std::numeric_limits<qint64>::max();
    json.beginArray().integer(0).integer(-1).integer(kLeast).integer(kMost).endArray();
    const Document written = std::move(json).finish();
    const std::optional<Document> parsed = Document::parse("[0,-1,-9223372036854775808,9223372036854775807]");
    QVERIFY(parsed);
    for (size_t index = 0; index < 4; ++index)
        QCOMPARE(yyjson_get_tag(written.root().at(index).raw()), yyjson_get_tag(parsed->root().at(index).raw()));
    QCOMPARE(toText(written.root()), toText(parsed->root()));
    QCOMPARE(written.root().at(2).integer(), kLeast);
}

void DocumentWriterTest::replacesInvalidUtf8()
{
    DocumentWriter json;
    json.string("a\xFF");
    QCOMPARE(std::move(json).finish().root().string(), "a\xEF\xBF\xBD");
}

void DocumentWriterTest::copiesTextsOfAnySize_data()
{
    QTest::addColumn<qsizetype>("size");
    for (const qsizetype size : {0, 1, 511, 512, 513, 4095, 4096, 4097, 100'000})
        QTest::addRow("%lld bytes", static_cast<long long>(size)) << size;
}

void DocumentWriterTest::copiesTextsOfAnySize()
{
    QFETCH(const qsizetype, size);
    constexpr int kTexts = 40; // more than fit in a block
    DocumentWriter json;
    json.beginArray();
    for (int index = 0; index < kTexts; ++index) {
        QByteArray text(size, static_cast<char>('a' + index % 26));
        json.documentText(text);
        text.fill('#'); // whoever had it does what he likes with it
    }
    json.endArray();
    const Document written = std::move(json).finish();
    int index = 0;
    for (const Value text : written.root().elements()) {
        QCOMPARE(text.toByteArray(), QByteArray(size, static_cast<char>('a' + index % 26)));
        ++index;
    }
    QCOMPARE(index, kTexts);
}

void DocumentWriterTest::carriesValuesWithoutTheirTexts()
{
    const std::optional<Document> source =
        Document::parse(R"({"z":[1.0,{"b":"\u00e9\n","a":null}],"y":18446744073709551615,"t":"text"})");
    QVERIFY(source);
    DocumentWriter json(source->root());
    json.beginObject().member("z", source->root()["z"]).key("list").beginArray();
    json.value(source->root()["y"]).value(Value()).value(source->root()["t"]).endArray().endObject();
    const Document written = std::move(json).finish();
    QCOMPARE(toText(written.root()),
             "{\"z\":[1.0,{\"b\":\"\xC3\xA9\\n\",\"a\":null}],\"list\":[18446744073709551615,null,\"text\"]}");
    QCOMPARE(written.root()["list"].at(2).string().data(), source->root()["t"].string().data());
}

void DocumentWriterTest::keepsWholeDocuments()
{
    DocumentWriter json;
    json.beginArray();
    {
        std::optional<Document> parsed = Document::parse(R"({"a":"kept"})");
        QVERIFY(parsed);
        json.document(*std::move(parsed));
        DocumentWriter inner;
        inner.beginArray().string(QByteArray("written too")).endArray();
        json.document(std::move(inner).finish());
    }
    json.raw(R"(["parsed"])").raw("no JSON").endArray();
    const Document written = std::move(json).finish();
    QCOMPARE(toText(written.root()), R"([{"a":"kept"},["written too"],["parsed"],null])");
}

void DocumentWriterTest::staysWhereItIsWhenMoved()
{
    DocumentWriter begun;
    begun.beginObject().member("a", "short");
    DocumentWriter json(std::move(begun)); // as a member of what is moved
    json.member("b", QByteArray(600, 'x')).endObject();
    Document first = std::move(json).finish();
    const Value root = first.root();
    const Document second = std::move(first);
    QCOMPARE(second.root().raw(), root.raw());
    QCOMPARE(root["a"].string(), "short");
    QCOMPARE(root["b"].string().size(), 600);
}

void DocumentWriterTest::isNothingBeforeItIsWritten()
{
    QVERIFY(!DocumentWriter().finish().root().exists());
    QVERIFY(!Document().root().exists());
}

void DocumentWriterTest::membersWithoutAValueAreNull()
{
    DocumentWriter json;
    json.beginObject().key("a").key("b").beginObject().key("c").endObject().member("d", 1).key("e").endObject();
    QCOMPARE(toText(std::move(json).finish().root()), R"({"a":null,"b":{"c":null},"d":1,"e":null})");
}

void DocumentWriterTest::membersStandWhereAWalkFindsThem_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("none") << QByteArray("{}");
    QTest::newRow("one") << QByteArray(R"({"a":1})");
    QTest::newRow("some") << QByteArray(R"({"a":[1,{"b":2}],"c":"d,\"}","e":null})");
    QTest::newRow("escaped names") << QByteArray(R"({"\"":1,"\n":{"\\":[]}})");
    QTest::newRow("one name twice") << QByteArray(R"({"a":1,"a":2})");
}

void DocumentWriterTest::membersStandWhereAWalkFindsThem()
{
    QFETCH(const QByteArray, text);
    const std::optional<Document> document = Document::parse(text);
    QVERIFY(document);
    const ObjectText written = objectText(document->root());
    QCOMPARE(written.text, text);
    QVERIFY(isSame(written.members, membersOf(text, wholeValue(text))));
}

void DocumentWriterTest::agreesOnTheFuzzCorpora()
{
    int objects = 0;
    QDirIterator files(QStringLiteral(LUNARGATE_SOURCE_DIR "/tests/fuzz/corpus"), QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QFile::ReadOnly));
        const std::optional<Document> parsed = Document::parse(file.readAll());
        if (!parsed || !parsed->root().isObject())
            continue;
        ++objects;
        DocumentWriter json(parsed->root());
        writeAnew(json, parsed->root());
        const Document anew = std::move(json).finish();
        DocumentWriter whole;
        whole.value(parsed->root());
        const QByteArray text = toText(parsed->root());
        QCOMPARE(toText(anew.root()), text);
        QCOMPARE(toText(std::move(whole).finish().root()), text);
        const ObjectText written = objectText(anew.root());
        QVERIFY(isSame(written.members, membersOf(written.text, wholeValue(written.text))));
    }
    QVERIFY(objects > 5);
}

} // namespace lunargate::json

QTEST_GUILESS_MAIN(lunargate::json::DocumentWriterTest)
#include "tst_document_writer.moc"
