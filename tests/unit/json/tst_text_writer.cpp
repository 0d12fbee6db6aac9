// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/text_writer.h"

#include <QTest>

#include <limits>

namespace lunargate {

class TextWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void setsTheCommas()
    {
        json::TextWriter json;
        json.beginObject();
        json.member("a", "x").member("b", 1).member("c", 1.5).member("d", true).member("e", QByteArray("y"));
        json.key("list").beginArray().integer(1).string("2").null().beginObject().endObject().beginArray().endArray();
        json.raw("[1,2]").boolean(false).endArray();
        json.key("empty").beginObject().endObject();
        json.member("last", 2);
        json.endObject();
        QCOMPARE(
            json.text(),
            R"({"a":"x","b":1,"c":1.5,"d":true,"e":"y","list":[1,"2",null,{},[],[1,2],false],"empty":{},"last":2})");
        QVERIFY(json::Document::parse(json.text()));
    }

    void everyIntegerFits()
    {
        json::TextWriter json;
        json.beginArray().integer(0).integer(-7).integer(std::numeric_limits<qint64>::min());
        json.integer(std::numeric_limits<qint64>::max()).endArray();
        QCOMPARE(json.text(), "[0,-7,-9223372036854775808,9223372036854775807]");
    }

    void carriesValues()
    {
        const auto document =
            json::Document::parse(R"({"z":[1.0,{"b":"\u00e9\n","a":null}],"y":18446744073709551615})");
        json::TextWriter json;
        json.beginArray().value(document->root()["z"]).value(document->root()["y"]).value(json::Value()).endArray();
        QCOMPARE(json.text(), "[[1.0,{\"b\":\"\xC3\xA9\\n\",\"a\":null}],18446744073709551615,null]");
        QCOMPARE(json::toText(json::Value()), "");
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TextWriterTest)
#include "tst_text_writer.moc"
