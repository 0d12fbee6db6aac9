// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/line_diff.h"
#include "ui/editor/literal_secrets.h"
#include "ui/editor/schema_help.h"
#include "ui/editor/yaml_completer.h"
#include "ui/editor/yaml_scan.h"

#include <QFile>
#include <QTest>

#include <algorithm>

using namespace lunargate::ui;
using namespace Qt::StringLiterals;

/// What the editor understands of a text: places, keys, help, secrets, differences.
class ConfigTextTest : public QObject
{
    Q_OBJECT

private:
    static QStringList pathsOf(const QString &text)
    {
        QStringList paths;
        for (const YamlEntry &entry : yamlEntries(text))
            paths.append(entry.path.join(u'.'));
        return paths;
    }

    static QStringList textsOf(const std::vector<SchemaHelp::Choice> &choices)
    {
        QStringList texts;
        for (const SchemaHelp::Choice &choice : choices)
            texts.append(choice.text);
        return texts;
    }

    static QString drawn(const QString &before, const QString &after)
    {
        QString text;
        for (const DiffLine &line : lineDiff(before, after)) {
            text += line.kind == DiffLine::Kind::Added ? u'+' : line.kind == DiffLine::Kind::Removed ? u'-' : u' ';
            text += line.text;
        }
        return text;
    }

    /// One of the texts again, from the differences.
    static QString side(const std::vector<DiffLine> &lines, DiffLine::Kind other)
    {
        QString text;
        for (const DiffLine &line : lines) {
            if (line.kind != other)
                text += line.text + u'\n';
        }
        return text;
    }

    SchemaHelp m_schema;

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keysAreFoundWithTheirPaths_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("paths");
        QTest::newRow("nested") << u"a:\n  b: 1\n  c:\n    d: 2\ne: 3\n"_s << u"a a.b a.c a.c.d e"_s;
        QTest::newRow("list") << u"a:\n  - b: 1\n    c: 2\n  - b: 3\nd: 4\n"_s << u"a a.[].b a.[].c a.[].b d"_s;
        QTest::newRow("list at the key's own column") << u"a:\n- b: 1\n  c: 2\nd: 4\n"_s << u"a a.[].b a.[].c d"_s;
        QTest::newRow("scalars of a list") << u"a:\n  - x\n  - y\n"_s << u"a a.[] a.[]"_s;
        QTest::newRow("flow") << u"a: {b: 1, c: [{d: 2}, {d: 3}], e: [x, y]}\nf: 1\n"_s
                              << u"a a.b a.c a.c.[].d a.c.[].d a.e a.e.[] a.e.[] f"_s;
        QTest::newRow("flow over lines") << u"a: {\n  b: 1, # not, this: one\n  c: 2\n}\nd: 3\n"_s << u"a a.b a.c d"_s;
        QTest::newRow("quotes") << u"\"a\": 'x: y'\nb: \"c: # d\"\n"_s << u"a b"_s;
        QTest::newRow("comments") << u"# a: 1\nb: 2 # c: 3\n"_s << u"b"_s;
        QTest::newRow("block scalar") << u"a: |\n  b: 1\n\n  c: 2\nd: 3\n"_s << u"a d"_s;
        QTest::newRow("anchor and tag") << u"a: &x\n  b: !!str 1\n"_s << u"a a.b"_s;
        QTest::newRow("addresses have colons") << u"a: http://127.0.0.1:1\nb: {c: http://x:2}\n"_s << u"a b b.c"_s;
        QTest::newRow("documents") << u"---\na: 1\n"_s << u"a"_s;
        QTest::newRow("windows") << u"a:\r\n  b: 1\r\nc: 2\r\n"_s << u"a a.b c"_s;
        QTest::newRow("not closed") << u"a: {b: [1\nc: \"x\n"_s << u"a a.b a.b.[] "_s.trimmed();
    }
    void keysAreFoundWithTheirPaths()
    {
        QFETCH(QString, text);
        QFETCH(QString, paths);
        const QString found = pathsOf(text).join(u' ');
        QVERIFY2(QTest::currentDataTag() == QByteArrayView("not closed") ? found.startsWith(paths) : found == paths,
                 qPrintable(found));
    }

    void anyCutOfAFileCanBeScanned()
    {
        QFile file(u":/lunargate/lunargate.schema.json"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.read(3000)) + u"\n- a: |\n  b\n- \"\\"_s;
        for (qsizetype size = 0; size <= text.size(); ++size)
            yamlPlaceAfter(QStringView(text).first(size));
    }

    void valuesAreFoundWithTheirPlaces()
    {
        const QString text = u"a: 'x y' # c\n"_s;
        const YamlEntry entry = yamlEntries(text).front();
        QCOMPARE(QStringView(text).sliced(entry.key, entry.keyEnd - entry.key), u"a");
        QCOMPARE(QStringView(text).sliced(entry.value, entry.valueEnd - entry.value), u"'x y'");
    }

    void theCursorHasAPlace_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("place"); // path, partial, what it is; `-`: none
        QTest::newRow("empty") << u""_s << u"||key"_s;
        QTest::newRow("key") << u"rou"_s << u"|rou|key"_s;
        QTest::newRow("nested key") << u"server:\n  po"_s << u"server|po|key"_s;
        QTest::newRow("line without anything") << u"server:\n  port: 1\n  "_s << u"server||key"_s;
        QTest::newRow("less indented line") << u"server:\n  port: 1\n"_s << u"||key"_s;
        QTest::newRow("item") << u"a:\n  - "_s << u"a.[]||key"_s;
        QTest::newRow("item with a letter") << u"a:\n  - x"_s << u"a.[]|x|key"_s;
        QTest::newRow("second key of an item") << u"a:\n  - b: 1\n    c"_s << u"a.[]|c|key"_s;
        QTest::newRow("value") << u"server:\n  port: "_s << u"server.port||value"_s;
        QTest::newRow("begun value") << u"logging:\n  level: de"_s << u"logging.level|de|value"_s;
        QTest::newRow("flow key") << u"server: {po"_s << u"server|po|key"_s;
        QTest::newRow("second flow key") << u"server: {port: 1, "_s << u"server||key"_s;
        QTest::newRow("flow value") << u"logging: {level: de"_s << u"logging.level|de|value"_s;
        QTest::newRow("flow over lines") << u"logging: {\n  le"_s << u"logging|le|key"_s;
        QTest::newRow("comment") << u"a: 1 # b"_s << u"-"_s;
        QTest::newRow("quotes") << u"a: \"b"_s << u"-"_s;
        QTest::newRow("block scalar") << u"a: |\n  b"_s << u"-"_s;
        QTest::newRow("after a block scalar") << u"a: |\n  b\nc"_s << u"|c|key"_s;
    }
    void theCursorHasAPlace()
    {
        QFETCH(QString, text);
        QFETCH(QString, place);
        const std::optional<YamlPlace> found = yamlPlaceAfter(text);
        const QString drawnPlace =
            !found ? u"-"_s
                   : found->path.join(u'.') + u'|' + found->partial + (found->isValue ? u"|value"_s : u"|key"_s);
        QCOMPARE(drawnPlace, place);
    }

    void theSchemaKnowsKeysAndWords()
    {
        QVERIFY(textsOf(m_schema.keysAt({})).contains(u"routing"_s));
        QVERIFY(textsOf(m_schema.keysAt({u"server"_s})).contains(u"port"_s));
        QVERIFY(textsOf(m_schema.keysAt({u"Providers"_s, u"my.own"_s})).contains(u"base_url"_s));
        QVERIFY(textsOf(m_schema.keysAt({u"routing"_s, u"routes"_s, u"[]"_s, u"targets"_s, u"[]"_s}))
                    .contains(u"weight"_s));
        QVERIFY(m_schema.keysAt({u"providers"_s}).empty()); // any name
        QVERIFY(m_schema.keysAt({u"nothing"_s, u"of"_s, u"it"_s}).empty());
        QCOMPARE(textsOf(m_schema.valuesAt({u"logging"_s, u"format"_s})), (QStringList{u"console"_s, u"json"_s}));
        QCOMPARE(textsOf(m_schema.valuesAt({u"history"_s, u"enabled"_s})), (QStringList{u"true"_s, u"false"_s}));
        QVERIFY(m_schema.valuesAt({u"server"_s, u"host"_s}).empty());
    }

    void theSchemaDescribes()
    {
        const QString port = m_schema.describe({u"server"_s, u"port"_s});
        QVERIFY2(port.contains(u"8080") && port.contains(u"Whole number"), qPrintable(port));
        const QString type = m_schema.describe({u"providers"_s, u"x"_s, u"type"_s});
        QVERIFY2(type.contains(u"types below") && !type.contains(u"(#") && !type.contains(u'`'), qPrintable(type));
        QVERIFY(m_schema.describe({u"logging"_s, u"format"_s}).contains(u"One of: console, json"));
        QCOMPARE(m_schema.describe({u"nothing"_s}), QString());
    }

    void everyKeyHasHelp()
    {
        for (const SchemaHelp::Choice &section : m_schema.keysAt({})) {
            for (const SchemaHelp::Choice &key : m_schema.keysAt({section.text}))
                QVERIFY2(!m_schema.keysAt({section.text, key.text}).empty() ||
                             !m_schema.keysAt({section.text, key.text, u"[]"_s}).empty() ||
                             !m_schema.describe({section.text, key.text}).isEmpty(),
                         qPrintable(section.text + u'.' + key.text));
        }
    }

    void completesKeysWordsAndProviders()
    {
        const QString text = u"providers:\n  one: {}\n  two: {}\nrouting:\n  routes:\n    - targets:\n"
                             "        - provider: "_s;
        QCOMPARE(textsOf(completionsAfter(*yamlPlaceAfter(text), text, m_schema)), (QStringList{u"one"_s, u"two"_s}));
        QVERIFY(textsOf(completionsAfter({}, {}, m_schema)).contains(u"providers"_s));
        QVERIFY(textsOf(completionsAfter(*yamlPlaceAfter(u"logging: {level: "), {}, m_schema)).contains(u"debug"_s));
    }

    void secretsThatStandInTheTextAreHinted()
    {
        const QString text = u"providers:\n"
                             "  one: {api_key: \"${KEY}\"}\n"
                             "  two:\n"
                             "    api_key: sk-secret # mine\n"
                             "  three: {api_key: 'sk-other'}\n"
                             "  four: {api_key: \"\"}\n"
                             "admin: {token: abc}\n"
                             "logging: {level: info}\n"_s;
        const std::vector<Finding> hints = literalSecrets(text, m_schema);
        QCOMPARE(hints.size(), size_t(3));
        QCOMPARE(hints[0].kind, Finding::Kind::Hint);
        QCOMPARE(hints[0].line, 4);
        QCOMPARE(hints[0].column, 14);
        QCOMPARE(hints[0].path, u"providers.two.api_key"_s);
        QCOMPARE(hints[1].line, 5);
        QCOMPARE(hints[2].path, u"admin.token"_s);
        for (const Finding &hint : hints)
            QVERIFY(!hint.message.contains(u"sk-") && hint.message.contains(u"keychain"));
    }

    void linesThatDifferAreFound_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("lines");
        QTest::newRow("equal") << u"a\nb\n"_s << u"a\nb\n"_s << u" a b"_s;
        QTest::newRow("added") << u"a\nc\n"_s << u"a\nb\nc\n"_s << u" a+b c"_s;
        QTest::newRow("removed") << u"a\nb\nc\n"_s << u"a\nc\n"_s << u" a-b c"_s;
        QTest::newRow("changed") << u"a\nb\nc\n"_s << u"a\nx\nc\n"_s << u" a-b+x c"_s;
        QTest::newRow("from nothing") << u""_s << u"a\n"_s << u"+a"_s;
        QTest::newRow("to nothing") << u"a\nb\n"_s << u""_s << u"-a-b"_s;
        QTest::newRow("last line without an end") << u"a\nb"_s << u"a\nb\n"_s << u" a b"_s;
        QTest::newRow("the paper's own") << u"A\nB\nC\nA\nB\nB\nA\n"_s << u"C\nB\nA\nB\nA\nC\n"_s
                                         << u"-A-B C+B A B-B A+C"_s;
    }
    void linesThatDifferAreFound()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, lines);
        QCOMPARE(drawn(before, after), lines);
    }

    void differencesGiveBothTextsAgain()
    {
        quint32 state = 7; // a small generator of its own: the same texts each time
        const auto next = [&state](quint32 below) { return (state = state * 1664525 + 1013904223) / 65536 % below; };
        for (int round = 0; round < 300; ++round) {
            QString texts[2];
            for (QString &text : texts) {
                for (quint32 i = next(12); i > 0; --i)
                    text += QChar(u'a' + static_cast<char16_t>(next(4))) + u"\n"_s;
            }
            const std::vector<DiffLine> lines = lineDiff(texts[0], texts[1]);
            QCOMPARE(side(lines, DiffLine::Kind::Added), texts[0]);
            QCOMPARE(side(lines, DiffLine::Kind::Removed), texts[1]);
        }
    }

    void textsWithoutAnythingInCommonAreReplaced()
    {
        QString before;
        QString after;
        for (int i = 0; i < 20'000; ++i) {
            before += u"a"_s + QString::number(i) + u'\n';
            after += u"b"_s + QString::number(i) + u'\n';
        }
        const std::vector<DiffLine> lines = lineDiff(u"same\n"_s + before, u"same\n"_s + after);
        QCOMPARE(lines.size(), size_t(40'001));
        QCOMPARE(lines[1].kind, DiffLine::Kind::Removed);
        QCOMPARE(lines[20'001].kind, DiffLine::Kind::Added);
    }

    void hunksLeaveOutWhatIsEqual()
    {
        QString before;
        for (int i = 1; i <= 40; ++i)
            before += QString::number(i) + u'\n';
        QString after = before;
        after.replace(u"\n10\n"_s, u"\nx\n"_s).replace(u"\n12\n"_s, u"\ny\n"_s).replace(u"\n30\n"_s, u"\nz\n"_s);
        const std::vector<DiffHunk> hunks = hunksOf(lineDiff(before, after));
        QCOMPARE(hunks.size(), size_t(2));
        QCOMPARE(hunks[0].skipped, 6);
        QCOMPARE(hunks[0].lines.front().before, 7);
        QCOMPARE(hunks[0].lines.back().before, 15);
        QCOMPARE(hunks[1].skipped, 11);
        QCOMPARE(hunks[1].lines.front().after, 27);
        QVERIFY(hunksOf(lineDiff(before, before)).empty());
    }
};

QTEST_APPLESS_MAIN(ConfigTextTest)
#include "tst_config_text.moc"
