// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_splice.h"

#include "gateway/config/yaml_model.h"
#include "gateway/config/yaml_reader.h"

#include "tests/unit/config/random_yaml.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// `a.b[0]`
YamlPath pathOf(const QByteArray &text)
{
    YamlPath path;
    for (const QByteArray &part : text.split('.')) {
        const qsizetype bracket = part.indexOf('[');
        path.emplace_back(bracket < 0 ? part : part.first(bracket));
        if (bracket >= 0)
            path.emplace_back(static_cast<std::size_t>(part.sliced(bracket + 1).chopped(1).toULongLong()));
    }
    return path;
}

YamlValue valueOf(const YamlNode &node)
{
    bool isNumber = false;
    const qint64 number = node.text.toLongLong(&isNumber);
    switch (node.kind) {
    case YamlNode::Kind::Null:
    case YamlNode::Kind::Scalar:
        return isNumber ? YamlValue::ofNumber(number) : YamlValue::ofText(node.text);
    case YamlNode::Kind::List: {
        std::vector<YamlValue> items;
        std::ranges::transform(node.items, std::back_inserter(items), valueOf);
        return YamlValue::ofList(std::move(items));
    }
    case YamlNode::Kind::Map: {
        std::vector<YamlValueEntry> entries;
        for (const YamlEntry &entry : node.entries)
            entries.push_back({entry.key, valueOf(entry.value)});
        return YamlValue::ofMap(std::move(entries));
    }
    }
    Q_UNREACHABLE_RETURN({});
}

/// Digits are a number, all else is a text unless it is in brackets.
YamlValue valueOf(const QByteArray &flow)
{
    return flow.startsWith('{') || flow.startsWith('[') || !flow.trimmed().isEmpty() ? valueOf(*readYaml(flow, {}).root)
                                                                                     : YamlValue::ofText(flow);
}

QByteArray shown(const YamlSpliced &spliced)
{
    return spliced ? *spliced : "FAILED " + spliced.error().toText();
}

/// Every place of a document that can be changed.
void collectPaths(const YamlNode &node, const YamlPath &path, std::vector<std::pair<YamlPath, YamlNode>> &paths)
{
    paths.emplace_back(path, node);
    const auto deeper = [&](std::variant<QByteArray, std::size_t> step, const YamlNode &value) {
        YamlPath next = path;
        next.push_back(std::move(step));
        collectPaths(value, next, paths);
    };
    for (std::size_t i = 0; i < node.items.size(); ++i)
        deeper(i, node.items[i]);
    for (const YamlEntry &entry : node.entries)
        deeper(entry.key, entry.value);
}

/// The number of lines of `old` between the first and the last that `changed` has otherwise.
qsizetype lostLines(const QByteArray &old, const QByteArray &changed)
{
    const QByteArrayList before = old.split('\n');
    const QByteArrayList after = changed.split('\n');
    const qsizetype most = std::min(before.size(), after.size());
    qsizetype head = 0;
    while (head < most && before[head] == after[head])
        ++head;
    qsizetype tail = 0;
    while (tail < most - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    return before.size() - head - tail;
}

YamlPath operator/(YamlPath path, std::variant<QByteArray, std::size_t> step)
{
    path.push_back(std::move(step));
    return path;
}

} // namespace

class YamlSpliceTest : public QObject
{
    Q_OBJECT

private:
    static void addRows()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("result");
    }
    static void row(const char *name, const QByteArray &text, const QByteArray &path, const QByteArray &value,
                    const QByteArray &result)
    {
        QTest::newRow(name) << text << path << value << result;
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void entries_data()
    {
        addRows();
        row("behind the last one, before the comments of what comes next",
            "a:\n  b: 1 # one\n    # of b\n\n# of c\nc: 2\n", "a.q", "x",
            "a:\n  b: 1 # one\n    # of b\n  q: x\n\n# of c\nc: 2\n");
        row("a map of its own", "a:\n    b: 1\n", "a.q", "{x: 1, l: [w, z]}",
            "a:\n    b: 1\n    q:\n        x: 1\n        l:\n            - w\n            - z\n");
        row("lists as far out as their keys", "a:\n- b\n", "q", "[x]", "a:\n- b\nq:\n- x\n");
        row("blank lines between as before", "a: 1\n\nb: 2\n\n", "q", "3", "a: 1\n\nb: 2\n\nq: 3\n\n");
        row("without a last line end", "a: 1", "q", "2", "a: 1\nq: 2");
        row("with carriage returns", "a:\r\n  b: 1\r\nc: 2\r\n", "a.q", "{x: 1}",
            "a:\r\n  b: 1\r\n  q:\r\n    x: 1\r\nc: 2\r\n");
        row("into an empty text", "", "a.b", "x", "a:\n  b: x\n");
        row("into comments only", "# nothing yet\n", "a.b", "x", "# nothing yet\na:\n  b: x\n");
        row("behind a byte order mark",
            "\xEF\xBB\xBF"
            "a: 1\n",
            "q", "2",
            "\xEF\xBB\xBF"
            "a: 1\nq: 2\n");
        row("into a document that begins", "%YAML 1.2\n---\n", "a", "1", "%YAML 1.2\n---\na: 1\n");
        row("into the first of two documents", "---\na: 1\n---\nb: 2\n", "q", "2", "---\na: 1\nq: 2\n---\nb: 2\n");
        row("before the end of a document", "a: 1\n...\n", "q", "2", "a: 1\nq: 2\n...\n");
        row("into nothing", "a:\nb: 1\n", "a.q", "x", "a:\n  q: x\nb: 1\n");
        row("into nothing with comments", "a: # empty\n  # put it here\nb: 1\n", "a.q", "x",
            "a: # empty\n  # put it here\n  q: x\nb: 1\n");
        row("into null", "a: null\n", "a.q", "x", "a:\n  q: x\n");
        row("into a tilde", "a: ~ # none\n", "a.q.m", "x", "a: # none\n  q:\n    m: x\n");
        row("into empty braces", "a: {} # none\nb: 1\n", "a.q", "{x: 1}", "a: # none\n  q:\n    x: 1\nb: 1\n");
        row("into an empty document of braces", "{}\n", "a", "1", "a: 1\n");
        row("into empty braces with an anchor", "a: &a {}\n", "a.q", "1", "a: &a\n  q: 1\n");
        row("into braces", "a: {b: 1}\n", "a.q", "{x: '${K}'}", "a: {b: 1, q: {x: \"${K}\"}}\n");
        row("into braces in braces", "a: {b: {}, c: }\n", "a.b.q", "1", "a: {b: {q: 1}, c: }\n");
        row("into nothing in braces", "a: {c: }\n", "a.c.q", "1", "a: {c: {q: 1} }\n");
        row("into a key in braces", "a: {c}\n", "a.c.q", "1", "a: {c: {q: 1}}\n");
        row("into braces with a comma at the end", "a: {b: 1,}\n", "a.q", "2", "a: {b: 1, q: 2,}\n");
        row("into braces on lines", "a: {\n  b: 1, # one\n  c: 2 # two\n}\n", "a.q", "3",
            "a: {\n  b: 1, # one\n  c: 2, # two\n  q: 3\n}\n");
        row("into JSON", "{\n  \"a\": {\n    \"b\": \"x\"\n  }\n}\n", "a.q", "{k: on}",
            "{\n  \"a\": {\n    \"b\": \"x\",\n    \"q\": {\"k\": \"on\"}\n  }\n}\n");
        row("into nothing in JSON", "{\"a\": {}}", "a.q", "t", "{\"a\": {\"q\": \"t\"}}");
        row("as its neighbours in braces", "p:\n  a: {type: x}\n", "p.q", "{type: w}",
            "p:\n  a: {type: x}\n  q: {type: w}\n");
        row("behind text of several lines", "a:\n  b: |\n    # text\n\n    more\n  c: one\n    two # end\nd: 1\n",
            "a.q", "1", "a:\n  b: |\n    # text\n\n    more\n  c: one\n    two # end\n  q: 1\nd: 1\n");
        row("behind folded text", "a:\n  b: >-\n    x\n    w\n\n# c\nc: 1\n", "a.q", "1",
            "a:\n  b: >-\n    x\n    w\n  q: 1\n\n# c\nc: 1\n");
        row("behind quoted text", "a:\n  b: \"x # \\\" w\n    z\"\n  c: 'it''s: #'\n", "a.q", "1",
            "a:\n  b: \"x # \\\" w\n    z\"\n  c: 'it''s: #'\n  q: 1\n");
        row("behind an alias", "x: &x 1\na:\n  b: *x\n", "a.q", "1", "x: &x 1\na:\n  b: *x\n  q: 1\n");
        row("behind an anchor that nobody uses", "a: &a\n  b: 1\n", "a.q", "2", "a: &a\n  b: 1\n  q: 2\n");
        row("into an item", "l:\n  -   a: 1\n      b: 2\n  - c\n", "l[0].q", "3",
            "l:\n  -   a: 1\n      b: 2\n      q: 3\n  - c\n");
        row("quoted where it must be", "a: 1\n", "on: w", "null", "a: 1\n\"on: w\": \"\"\n");
        row("a key of any case", "Routing:\n  A: 1\n", "routing.q", "2", "Routing:\n  A: 1\n  q: 2\n");
        row("next to a merged map", "b: &b {x: 1}\na:\n  <<: *b\n  w: 2\n", "a.q", "3",
            "b: &b {x: 1}\na:\n  <<: *b\n  w: 2\n  q: 3\n");
        row("is there", "a:\n  b: 1\n", "a.b", "1", "FAILED line 2: a.b is there already");
        row("below a text", "a: x\n", "a.b", "1", "FAILED line 1: a is not a map");
        row("below a list", "a:\n  - x\n", "a.b", "1", "FAILED line 2: a is not a map");
        row("below an alias", "x: &x {b: 1}\na: *x\n", "a.q", "1",
            "FAILED line 2: this is an alias; change what it stands for");
        row("below an anchor that is used", "x: &x\n  b: 1\na: *x\n", "x.q", "1",
            "FAILED line 2: this counts also in line 3, by an alias");
        row("what is merged", "b: &b {x: {w: 1}}\na:\n  <<: *b\n", "a.x.q", "1",
            "FAILED line 3: a.x comes from another map, which is merged by <<");
        row("into broken YAML", "a: [1\n", "q", "1", "FAILED line 2: not valid YAML: end of sequence flow not found");
        row("with a key twice", "a: 1\na: 2\n", "q", "1",
            "FAILED line 2: this key stands here a second time, first in line 1; remove one of them");
        row("a comment in brackets", "a: { # none\n}\n", "a.q", "1",
            "FAILED line 1: a comment stands inside the brackets");
        row("behind kept line ends", "a:\n  b: |+\n    x\n\n", "a.q", "1",
            "FAILED line 4: what is written here allows no change that leaves all the rest as it is");
    }

    void entries()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, result);
        QCOMPARE(shown(spliceEntry(text, pathOf(path), valueOf(value))), result);
    }

    void items_data()
    {
        addRows();
        row("at the end", "l:\n  - a # one\n  # of b\n  - b\nc: 1\n", "l[9]", "x",
            "l:\n  - a # one\n  # of b\n  - b\n  - x\nc: 1\n");
        row("in the middle, before the comments of the next", "l:\n  - a # one\n    # of a\n  # of b\n  - b\n", "l[1]",
            "x", "l:\n  - a # one\n    # of a\n  - x\n  # of b\n  - b\n");
        row("at the beginning", "l: # all\n  # of a\n  - a\n  - b\n", "l[0]", "x",
            "l: # all\n  - x\n  # of a\n  - a\n  - b\n");
        row("maps with blank lines between", "l:\n    - name: a\n      t: 1\n\n    - name: b\n\nc: 1\n", "l[2]",
            "{name: c, t: {u: [v]}}",
            "l:\n    - name: a\n      t: 1\n\n    - name: b\n\n    - name: c\n      t:\n          u:\n              - "
            "v\n\nc: 1\n");
        row("first of those with blank lines between", "l:\n  - a: 1\n\n  - a: 2\n", "l[0]", "{a: 0}",
            "l:\n  - a: 0\n\n  - a: 1\n\n  - a: 2\n");
        row("dashes as far out as the key", "l:\n- a: 1\n  b: 2\nc: 1\n", "l[1]", "{a: 2, m: [1]}",
            "l:\n- a: 1\n  b: 2\n- a: 2\n  m:\n  - 1\nc: 1\n");
        row("in braces as its neighbour", "l:\n  - {a: 1}\n", "l[1]", "{a: 2}", "l:\n  - {a: 1}\n  - {a: 2}\n");
        row("in brackets", "l: [a, b]\n", "l[1]", "{x: w}", "l: [a, {x: w}, b]\n");
        row("at the end of brackets", "l: [a, {b: c}]\n", "l[2]", "d", "l: [a, {b: c}, d]\n");
        row("in brackets on lines", "l: [\n  a,\n  b,\n]\n", "l[2]", "c", "l: [\n  a,\n  b,\n  c,\n]\n");
        row("before one in brackets on lines", "l: [\n  a,\n  b\n]\n", "l[1]", "c", "l: [\n  a,\n  c,\n  b\n]\n");
        row("into empty brackets", "r:\n  l: []\n  d: 1\n", "r.l[0]", "{a: 1}", "r:\n  l:\n    - a: 1\n  d: 1\n");
        row("into nothing", "r:\n  l:\n  d: 1\n", "r.l[0]", "x", "r:\n  l:\n    - x\n  d: 1\n");
        row("into what is missing", "a: 1\n", "r.l[0]", "{a: 1}", "a: 1\nr:\n  l:\n    - a: 1\n");
        row("without a last line end", "l:\n  - a", "l[1]", "b", "l:\n  - a\n  - b");
        row("into JSON", "{\"l\": [{\"a\": \"x\"}]}", "l[1]", "{a: w}", "{\"l\": [{\"a\": \"x\"}, {\"a\": \"w\"}]}");
        row("no list", "l: {a: 1}\n", "l[0]", "x", "FAILED line 1: l is not a list");
        row("a pair without braces", "l: [a: 1]\n", "l[1]", "x", "l: [a: 1, x]\n");
    }

    void items()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, result);
        YamlPath list = pathOf(path);
        const auto index = std::get<std::size_t>(list.back());
        list.pop_back();
        QCOMPARE(shown(spliceItem(text, list, index, valueOf(value))), result);
    }

    void scalars_data()
    {
        addRows();
        row("plain", "a: 1 # one\n", "a", "25", "a: 25 # one\n");
        row("in double quotes", "a: \"1\"\n", "a", "25", "a: \"25\"\n");
        row("in single quotes", "a: 'x'\n", "a", "it's", "a: 'it''s'\n");
        row("with an anchor", "a: &w 1\n", "a", "2", "a: &w 2\n");
        row("with a tag", "a: !!int 1\n", "a", "2", "a: !!int 2\n");
        row("with a comment like text", "a: 1\n", "a", "'x #w'", "a: \"x #w\"\n");
        row("nothing", "a: # none\nb: 1\n", "a", "2", "a: 2 # none\nb: 1\n");
        row("null", "a: ~\n", "a", "2", "a: 2\n");
        row("missing", "l:\n  - {p: a}\n  - p: b\n", "l[0].w", "3", "l:\n  - {p: a, w: 3}\n  - p: b\n");
        row("missing in an item", "l:\n  - {p: a}\n  - p: b\n", "l[1].w", "3", "l:\n  - {p: a}\n  - p: b\n    w: 3\n");
        row("in brackets", "l: [{p: a, w: 1}, x]\n", "l[0].w", "30", "l: [{p: a, w: 30}, x]\n");
        row("of an explicit key", "? a\n: 1\n", "a", "2", "? a\n: 2\n");
        row("over several lines", "a: x\n  w\n", "a", "z", "FAILED line 1: this text goes over several lines");
        row("a block", "a: |\n  x\n", "a", "z", "FAILED line 1: this text goes over several lines");
        row("a list", "a: []\n", "a", "z", "FAILED line 1: a is not a single value");
        row("an alias", "b: &b 1\na: *b\n", "a", "z", "FAILED line 2: this is an alias; change what it stands for");
        row("not there", "a: [x]\n", "a[1]", "z", "FAILED line 1: a[1] is not there");
    }

    void scalars()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, result);
        QCOMPARE(shown(spliceScalar(text, pathOf(path), valueOf(value))), result);
    }

    void textsStayTexts_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isPlain");
        for (const char *text :
             {"yes",   "No",   "on",   "null", "~",    "1",     "-1.5", ".5", "1e3", "0x1F", "2026-11-28",
              "12:30", "a: b", "a #b", "#a",   "- a",  "*",     "&a",   "!a", "%a",  "@a",   "`a",
              "{a}",   "[a]",  "a, b", "a:",   "'a'",  "\"a\"", "\\",   "|",  ">",   "?",    " a",
              "a ",    "",     "a\nb", "a\tb", "\x01", "<<",    "=",    "..."})
            QTest::newRow(text) << QByteArray(text) << (QByteArrayView(text) == "\\");
        for (const char *text :
             {"gpt-4o-mini", "http://localhost:8000/v1", "a#b", "a:b", "Grüße", "/v1/chat", "x=y", "llama3.2"})
            QTest::newRow(text) << QByteArray(text) << true;
    }

    void textsStayTexts()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isPlain);
        const YamlSpliced spliced = spliceEntry("a: 1\n", {QByteArray("k")}, YamlValue::ofText(text));
        QVERIFY2(spliced, shown(spliced).constData());
        const YamlNode root = *readYaml(*spliced, {}).root;
        QCOMPARE(root.entries[1].value.text, text);
        QCOMPARE(spliced->endsWith("\nk: " + text + '\n'), isPlain);
    }

    void everyPlaceOfOurConfigurationsCanBeChanged_data()
    {
        QTest::addColumn<QByteArray>("text");
        const QDir folder(QStringLiteral(LUNARGATE_SOURCE_DIR "/config"));
        for (const QString &name : folder.entryList({QStringLiteral("*.yaml"), QStringLiteral("*.json")})) {
            QFile file(folder.filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray text = file.readAll();
            QTest::newRow(qPrintable(name)) << text;
            QTest::newRow(qPrintable(name + QStringLiteral(" with carriage returns")))
                << QByteArray(text).replace('\n', "\r\n");
            QTest::newRow(qPrintable(name + QStringLiteral(" without a last line end"))) << text.trimmed();
        }
    }

    void everyPlaceOfOurConfigurationsCanBeChanged()
    {
        QFETCH(QByteArray, text);
        const YamlNode root = *readYaml(text, {}).root;
        std::vector<std::pair<YamlPath, YamlNode>> places;
        collectPaths(root, {}, places);
        const YamlValue added = valueOf("{x: [1, {y: 'no'}]}");
        const std::size_t checked = text.size() > 20'000 ? 12 : 150;
        for (std::size_t i = 0; i < places.size(); i += places.size() / checked + 1) {
            const auto &[path, node] = places[i];
            const auto check = [&](const YamlSpliced &spliced) {
                QVERIFY2(spliced, (nameOf(path) + ' ' + shown(spliced)).constData());
                QVERIFY2(lostLines(text, *spliced) <= 2, (nameOf(path) + '\n' + *spliced).constData());
                QCOMPARE(spliced->contains('\r'), text.contains('\r'));
                QCOMPARE(spliced->count("\r\n"), text.contains('\r') ? spliced->count('\n') : 0);
                QCOMPARE(spliced->endsWith('\n'), text.endsWith('\n'));
            };
            if (node.kind == YamlNode::Kind::Scalar)
                check(spliceScalar(text, path, YamlValue::ofText("some: text")));
            if (node.kind == YamlNode::Kind::Map)
                check(spliceEntry(text, path / QByteArray("new.key"), added));
            if (node.kind == YamlNode::Kind::List) {
                for (const std::size_t index : {std::size_t(0), node.items.size() / 2, node.items.size()})
                    check(spliceItem(text, path, index, added));
            }
        }
    }

    void randomTextsKeepWhatIsNotChanged()
    {
        int done = 0;
        int refused = 0;
        for (quint32 seed = 1; seed <= 1500; ++seed) {
            RandomYaml random(seed);
            const QByteArray text = random.text();
            const YamlReading reading = readYaml(text, {});
            QVERIFY2(reading.root && reading.problems.empty(), text.constData());
            std::vector<std::pair<YamlPath, YamlNode>> places;
            collectPaths(*reading.root, {}, places);
            const auto &[path, node] = places[random.below(places.size())];
            YamlEdit edit{.path = path, .value = valueOf("{x: [1, z]}")};
            YamlSpliced spliced;
            if (node.kind == YamlNode::Kind::List) {
                edit.kind = YamlEdit::Kind::Insert;
                edit.index = random.below(node.items.size() + 1);
                spliced = spliceItem(text, path, edit.index, edit.value);
            } else if (node.kind == YamlNode::Kind::Map) {
                edit.path = path / QByteArray("new");
                spliced = spliceEntry(text, edit.path, edit.value);
            } else if (!path.empty()) {
                edit.value = YamlValue::ofText("other");
                spliced = spliceScalar(text, path, edit.value);
            } else {
                continue;
            }
            if (!spliced) {
                ++refused;
                QVERIFY2(spliced.error().line > 0, text.constData());
                continue;
            }
            ++done;
            YamlNode wanted = *reading.root;
            applyYamlEdit(wanted, edit);
            QVERIFY2(isSameYaml(*readYaml(*spliced, {}).root, wanted), spliced->constData());
            QVERIFY2(lostLines(text, *spliced) <= 4, (text + "\nbecame\n" + *spliced).constData());
        }
        QVERIFY2(done > refused * 4, QByteArray::number(done).append(" done, ").append(QByteArray::number(refused)));
    }
};

QTEST_GUILESS_MAIN(YamlSpliceTest)
#include "tst_yaml_splice.moc"
