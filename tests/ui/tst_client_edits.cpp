// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_reader.h"
#include "ui/clients/client_files.h"
#include "ui/clients/jsonc_edit.h"
#include "ui/clients/toml_edit.h"

#include <QTest>

#include <array>

using namespace lunargate;
using namespace lunargate::ui;

namespace {

const GatewayPlace kOpen{.address = QStringLiteral("http://127.0.0.1:8080")};
const GatewayPlace kKeyed{.address = QStringLiteral("http://127.0.0.1:8080"), .asksForKey = true};

/// Of the table p.x: one that is set, and one that is taken away.
const std::array<TomlEntry, 2> kEntries{{{.key = "url", .value = "u"}, {.key = "gone", .value = {}}}};

/// The text, or the reason in brackets.
QByteArray told(const EditResult &result)
{
    return result ? *result : "[" + result.error().toUtf8() + "]";
}

} // namespace

/// Pure changes of clients' configuration texts.
class ClientEditsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void setsMembersOfCommentedJson_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("nothing there") << QByteArray() << QByteArray("{\n  \"env\": {\n    \"URL\": \"u\"\n  }\n}\n");
        QTest::newRow("comments stay")
            << QByteArray("// mine\n{\n  /* one */ \"a\": 1, // two\n  \"b\": [1, 2,],\n}\n")
            << QByteArray("// mine\n{\n  \"env\": {\n    \"URL\": \"u\"\n  },\n  /* one */ \"a\": 1, // two\n"
                          "  \"b\": [1, 2,],\n}\n");
        QTest::newRow("into an object that is there")
            << QByteArray("{\n    \"env\": {\n        \"A\": \"//no comment\",\n    },\n}\n")
            << QByteArray("{\n    \"env\": {\n        \"URL\": \"u\",\n        \"A\": \"//no comment\",\n    },\n}\n");
        QTest::newRow("into an empty object with a comment")
            << QByteArray("{\n  \"env\": {\n    // nothing\n  }\n}\n")
            << QByteArray("{\n  \"env\": {\n    \"URL\": \"u\"\n    // nothing\n  }\n}\n");
        QTest::newRow("in one line") << QByteArray(R"({"env":{"A":"1"}})")
                                     << QByteArray(R"({"env":{"URL": "u", "A":"1"}})");
        QTest::newRow("another value") << QByteArray("{\"env\": {\"URL\": \"old\" /* was */}} // end")
                                       << QByteArray("{\"env\": {\"URL\": \"u\" /* was */}} // end");
        QTest::newRow("line ends of Windows")
            << QByteArray("{\r\n  \"a\": 1\r\n}\r\n")
            << QByteArray("{\n  \"env\": {\n    \"URL\": \"u\"\n  },\r\n  \"a\": 1\r\n}\r\n");
    }

    void setsMembersOfCommentedJson()
    {
        QFETCH(const QByteArray, before);
        QFETCH(const QByteArray, after);
        constexpr std::array<QByteArrayView, 2> kPath{"env", "URL"};
        QCOMPARE(told(setInJsonc(before, kPath, "\"u\"")), after);
        QCOMPARE(told(setInJsonc(after, kPath, "\"u\"")), after);
        QVERIFY(hasInJsonc(after, kPath));
    }

    void refusesJsonThatItCannotChangeSafely_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no JSON") << QByteArray("env: {}");
        QTest::newRow("cut off") << QByteArray("{\"env\": {");
        QTest::newRow("comment without an end") << QByteArray("{ /* \"env\": {} }");
        QTest::newRow("no object on the way") << QByteArray(R"({"env": "A=1"})");
        QTest::newRow("a list") << QByteArray("[1]");
        QTest::newRow("twice") << QByteArray(R"({"env": {}, "env": {"A": "1"}})");
    }

    void refusesJsonThatItCannotChangeSafely()
    {
        QFETCH(const QByteArray, text);
        constexpr std::array<QByteArrayView, 2> kPath{"env", "URL"};
        const EditResult result = setInJsonc(text, kPath, "\"u\"");
        QVERIFY2(!result, result.value_or("").constData());
        QVERIFY(!result.error().isEmpty());
    }

    void setsTextsAndTablesOfToml_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after");
        QTest::newRow("nothing there") << QByteArray() << QByteArray("model_provider = \"x\"\n\n[p.x]\nurl = \"u\"\n");
        QTest::newRow("tables and comments stay")
            << QByteArray("# mine\nmodel = \"m\" # good\n\n[tui]\nmodel_provider = \"not this\"\n")
            << QByteArray("# mine\nmodel_provider = \"x\"\nmodel = \"m\" # good\n\n[tui]\n"
                          "model_provider = \"not this\"\n\n[p.x]\nurl = \"u\"\n");
        QTest::newRow("other values")
            << QByteArray("model_provider = 'old' # was\n[p.x]\nurl = \"old\"\nmore = [\n  [1],\n]\n\n"
                          "# about y\n[p.y]\nurl = \"y\"")
            << QByteArray("model_provider = \"x\" # was\n[p.x]\nurl = \"u\"\nmore = [\n  [1],\n]\n\n"
                          "# about y\n[p.y]\nurl = \"y\"");
        QTest::newRow("the user's keys and comments in its table stay")
            << QByteArray("model_provider = \"x\"\n[p.x] # ours\n# mine\n  retries = 3 # good\ngone = \"g\" # why\n"
                          "url = 'old' # was\n")
            << QByteArray("model_provider = \"x\"\n[p.x] # ours\n# mine\n  retries = 3 # good\n# why\n"
                          "url = \"u\" # was\n");
        QTest::newRow("another key for its table")
            << QByteArray("model_provider = \"x\"\n[p.x]\nretries = 3\ngone = \"g\"\n\n[p.y]\nurl = \"y\"\n")
            << QByteArray("model_provider = \"x\"\n[p.x]\nretries = 3\nurl = \"u\"\n\n[p.y]\nurl = \"y\"\n");
        QTest::newRow("a table that ends without a line feed")
            << QByteArray("model_provider = \"x\"\n[p.x]")
            << QByteArray("model_provider = \"x\"\n[p.x]\nurl = \"u\"\n");
        QTest::newRow("lists over several lines")
            << QByteArray("notify = [\n  [\"a\"]\n]\nmodel_provider = \"old\"\n")
            << QByteArray("notify = [\n  [\"a\"]\n]\nmodel_provider = \"x\"\n\n[p.x]\nurl = \"u\"\n");
    }

    void setsTextsAndTablesOfToml()
    {
        QFETCH(const QByteArray, before);
        QFETCH(const QByteArray, after);
        const auto edit = [](const QByteArray &text) {
            return setTomlText(text, "model_provider", "x").and_then([](const QByteArray &changed) {
                return setTomlTable(changed, "p", "x", kEntries);
            });
        };
        QCOMPARE(told(edit(before)), after);
        QCOMPARE(told(edit(after)), after);
    }

    void refusesTomlThatItCannotChangeSafely_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("multi-line text") << QByteArray("notes = \"\"\"\n[p.x]\n\"\"\"\n");
        QTest::newRow("value that is no plain text") << QByteArray("model_provider = \"a\\u0041\"\n");
        QTest::newRow("inline table") << QByteArray("p = { x = { url = \"a\" } }\n");
        QTest::newRow("dotted keys") << QByteArray("p.x.url = \"a\"\n");
        QTest::newRow("another kind of value in its table") << QByteArray("[p.x]\nurl = 1\n");
        QTest::newRow("entry of its table") << QByteArray("[p]\nx = { url = \"a\" }\n");
    }

    void refusesTomlThatItCannotChangeSafely()
    {
        QFETCH(const QByteArray, text);
        const EditResult result = setTomlText(text, "model_provider", "x").and_then([](const QByteArray &changed) {
            return setTomlTable(changed, "p", "x", kEntries);
        });
        QVERIFY2(!result, result.value_or("").constData());
    }

    void addsAModelToContinue_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("part"); // of what it becomes, which begins with the lines before it
        QTest::newRow("nothing there") << QByteArray() << QByteArray("schema: v1\nmodels:\n  - name: LunarGate\n");
        QTest::newRow("before others, comments stay")
            << QByteArray("name: me\nmodels: # mine\n  # the best\n  - name: a\n    provider: x\nrules: []\n")
            << QByteArray("models: # mine\n  # the best\n  - name: LunarGate\n    provider: openai\n");
        QTest::newRow("items that are not indented")
            << QByteArray("models:\n- name: a\n") << QByteArray("models:\n- name: LunarGate\n  provider: openai\n");
        QTest::newRow("empty list") << QByteArray("models: []\nname: me\n")
                                    << QByteArray("models:\n  - name: LunarGate\n    provider: openai\n");
        QTest::newRow("empty list with a comment")
            << QByteArray("models: [] # none yet\nname: me\n")
            << QByteArray("models: # none yet\n  - name: LunarGate\n    provider: openai\n");
        QTest::newRow("no list") << QByteArray("name: me") << QByteArray("name: me\nmodels:\n  - name: LunarGate\n");
        QTest::newRow("ours with another address")
            << QByteArray("models:\n  - name: LunarGate\n    apiBase: http://127.0.0.1:1/v1 # here\n    model: mine\n")
            << QByteArray("    apiBase: http://127.0.0.1:8080/v1 # here\n    model: mine\n");
    }

    void addsAModelToContinue()
    {
        QFETCH(const QByteArray, before);
        QFETCH(const QByteArray, part);
        const QByteArray after = told(editContinue(before, kOpen));
        QVERIFY2(after.contains(part), after.constData());
        QVERIFY2(readYaml(after, "config.yaml").problems.empty(), after.constData());
        for (const QByteArray &line : before.split('\n')) {
            if (!line.contains("http://127.0.0.1:1") && !line.contains("[]"))
                QVERIFY2(after.contains(line), after.constData());
        }
        QCOMPARE(told(editContinue(after, kOpen)), after);
    }

    void refusesContinueThatItCannotChangeSafely_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no YAML") << QByteArray("models: [\n");
        QTest::newRow("list in brackets") << QByteArray("models: [{name: a}]\n");
        QTest::newRow("map in brackets") << QByteArray("{name: me}\n");
        QTest::newRow("ours without an address") << QByteArray("models:\n  - name: LunarGate\n");
        QTest::newRow("keys twice") << QByteArray("name: a\nname: b\n");
    }

    void refusesContinueThatItCannotChangeSafely()
    {
        QFETCH(const QByteArray, text);
        const EditResult result = editContinue(text, kOpen);
        QVERIFY2(!result, result.value_or("").constData());
    }

    void everyClientIsPointedAtTheGateway()
    {
        QCOMPARE(told(editClaudeCode("{\n  \"model\": \"opus\"\n}\n", kKeyed)),
                 QByteArray("{\n  \"env\": {\n    \"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:8080\"\n  },\n"
                            "  \"model\": \"opus\"\n}\n"));
        QCOMPARE(told(editCodex("", kKeyed)),
                 QByteArray("model_provider = \"lunargate\"\n\n[model_providers.lunargate]\nname = \"LunarGate\"\n"
                            "base_url = \"http://127.0.0.1:8080/v1\"\nwire_api = \"responses\"\n"
                            "env_key = \"LUNARGATE_API_KEY\"\n"));
        QVERIFY(!told(editCodex("", kOpen)).contains("env_key"));
        QVERIFY(told(editContinue("", kKeyed)).contains("apiKey: ${{ secrets.LUNARGATE_API_KEY }}\n"));
        const QByteArray zed = told(editZed("// Zed\n{\n  \"vim_mode\": true,\n}\n", kOpen));
        QVERIFY2(
            zed.startsWith("// Zed\n{\n  \"language_models\": {\n    \"openai_compatible\": {\n      \"LunarGate\": {\n"
                           "        \"api_url\": \"http://127.0.0.1:8080/v1\",\n"),
            zed.constData());
        QVERIFY2(zed.endsWith("  \"vim_mode\": true,\n}\n"), zed.constData());
        QByteArray own = zed;
        own.replace("8080", "9999").replace("128000", "32000");
        QByteArray wanted = zed;
        wanted.replace("128000", "32000"); // what the user made of the model stays
        QCOMPARE(told(editZed(own, kOpen)), wanted);
    }

    void noTextHoldsAKey()
    {
        for (const Client &client : allClients()) {
            const QString open = client.snippet(kOpen);
            const QString keyed = client.snippet(kKeyed);
            QVERIFY2(open.contains(QStringLiteral("127.0.0.1:8080")), client.name);
            QVERIFY2(!open.contains(kKeyVariable), client.name);
            QVERIFY2(!keyed.contains(QStringLiteral("sk-")), client.name);
            QVERIFY2(!keyed.contains(QStringLiteral("not-needed")), client.name);
            QVERIFY2(!client.file || client.file->folder[0] == '.', client.name); // of the user, not of a project
        }
    }

    void clientsAreKnownByWhatTheySay_data()
    {
        QTest::addColumn<QByteArray>("userAgent");
        QTest::addColumn<QByteArray>("application");
        QTest::addColumn<QByteArray>("client");
        QTest::newRow("Claude Code") << QByteArray("claude-cli/2.1.0 (external, cli)") << QByteArray("cli")
                                     << QByteArray("claude-code");
        QTest::newRow("Codex") << QByteArray("codex_cli_rs/0.122.0") << QByteArray("codex_cli_rs")
                               << QByteArray("codex");
        QTest::newRow("Cline with OpenAI's library")
            << QByteArray("OpenAI/JS 4.96.0") << QByteArray("Cline") << QByteArray("cline");
        QTest::newRow("Python") << QByteArray("AsyncOpenAI/Python 1.99.1") << QByteArray()
                                << QByteArray("openai-python");
        QTest::newRow("Zed") << QByteArray("Zed/0.210.4") << QByteArray() << QByteArray("zed");
        QTest::newRow("nobody") << QByteArray("curl/8.5.0") << QByteArray() << QByteArray();
        QTest::newRow("nothing") << QByteArray() << QByteArray() << QByteArray();
    }

    void clientsAreKnownByWhatTheySay()
    {
        QFETCH(const QByteArray, userAgent);
        QFETCH(const QByteArray, application);
        QFETCH(const QByteArray, client);
        const Client *found = clientOf({.client = {.userAgent = userAgent, .application = application}});
        QCOMPARE(found ? QByteArray(found->id) : QByteArray(), client);
    }
};

QTEST_GUILESS_MAIN(ClientEditsTest)

#include "tst_client_edits.moc"
