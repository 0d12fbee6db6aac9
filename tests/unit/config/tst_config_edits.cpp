// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_edits.h"

#include "gateway/config/config_outline.h"
#include "gateway/config/config_reader.h"

#include <QFile>
#include <QTest>

using namespace lunargate;

namespace {

QByteArray exampleText()
{
    QFile file(QStringLiteral(LUNARGATE_SOURCE_DIR "/config/config.example.yaml"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray shown(const YamlSpliced &spliced)
{
    return spliced ? *spliced : "FAILED " + spliced.error().toText();
}

} // namespace

class ConfigEditsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void providersComeLast()
    {
        const QByteArray example = exampleText();
        const YamlSpliced spliced =
            addProvider(example, {.id = "groq", .type = "groq", .baseUrl = {}, .key = "${GROQ_API_KEY}", .model = {}});
        QVERIFY2(spliced, shown(spliced).constData());
        const QByteArray added = "\n  groq:\n    api_key: \"${GROQ_API_KEY}\"\n";
        QVERIFY2(spliced->contains("    default_model: my-model\n" + added + "\nrouting:\n"), spliced->constData());
        QCOMPARE(QByteArray(*spliced).replace(added, ""), example);
    }

    void aProviderMayNeedNoMoreThanItsName()
    {
        QCOMPARE(shown(addProvider("", {.id = "ollama", .type = "ollama", .baseUrl = {}, .key = {}, .model = {}})),
                 "providers:\n  ollama: {}\n");
        QCOMPARE(
            shown(addProvider(
                "providers: {}\n",
                {.id = "my", .type = "openai", .baseUrl = "http://h:1/v1", .key = "${keychain:my}", .model = "m"})),
            "providers:\n  my:\n    type: openai\n    base_url: http://h:1/v1\n    api_key: \"${keychain:my}\"\n    "
            "default_model: m\n");
    }

    void routesAreAddedWhereTheyAreReached()
    {
        const QByteArray example = exampleText();
        const NewRoute route{.name = "red",
                             .path = "/v1/chat",
                             .model = "gpt-4o",
                             .header = "x-team",
                             .headerValue = "red",
                             .targets = {{.provider = "openai", .model = "gpt-4o", .weight = 3},
                                         {.provider = "local", .model = {}, .weight = {}}},
                             .fallback = {{.provider = "abacus", .model = {}, .weight = {}}}};
        const YamlSpliced spliced = addRoute(example, route, 4);
        QVERIFY2(spliced, shown(spliced).constData());
        const QByteArray added = "    - name: red\n"
                                 "      match:\n"
                                 "        path: /v1/chat\n"
                                 "        headers:\n"
                                 "          x-lunargate-model: gpt-4o\n"
                                 "          x-team: red\n"
                                 "      targets:\n"
                                 "        - provider: openai\n"
                                 "          model: gpt-4o\n"
                                 "          weight: 3\n"
                                 "        - provider: local\n"
                                 "      fallback:\n"
                                 "        - provider: abacus\n";
        QVERIFY2(spliced->contains("          weight: 100\n\n" + added + "\n    # Everything else."),
                 spliced->constData());
        QCOMPARE(QByteArray(*spliced).replace('\n' + added, ""), example);
        const ConfigReading reading =
            readConfigText(*spliced, {}, Environment(std::map<QByteArray, QByteArray>{{"OPENAI_API_KEY", "k"}}));
        QVERIFY(reading.config);
        QCOMPARE(reading.config->routing.routes[4].name, "red");
        QCOMPARE(reading.config->routing.routes[4].targets[0].weight, 3);
    }

    void onlyOtherWeightsAreWritten()
    {
        const QByteArray example = exampleText();
        const YamlSpliced spliced = changeWeights(example, 4, {std::nullopt, 20, std::nullopt});
        QCOMPARE(shown(spliced), QByteArray(example).replace("          weight: 10\n        - provider: anthropic",
                                                             "          weight: 20\n        - provider: anthropic"));
        const QByteArray flow =
            "routing: {routes: [{name: a, targets: [{provider: p}, {provider: q, weight: \"2\"}]}]}";
        QCOMPARE(shown(changeWeights(flow, 0, {5, 6})),
                 "routing: {routes: [{name: a, targets: [{provider: p, weight: 5}, {provider: q, weight: \"6\"}]}]}");
    }

    void sharedTargetsAreNotChanged()
    {
        const QByteArray text = "x: &t [{provider: p}]\nrouting:\n  routes:\n    - targets: *t\n";
        QCOMPARE(shown(changeWeights(text, 0, {5})), "FAILED line 4: this is an alias; change what it stands for");
    }

    void theOutlineTellsWhatCanBeRead()
    {
        const ConfigOutline outline =
            readConfigOutline("Providers: {OpenAI: {}, my: {type: Groq}}\n"
                              "nonsense: 1\n"
                              "routing:\n"
                              "  routes:\n"
                              "    - {name: a, match: {path: '*'}, targets: [{provider: my, weight: 3}]}\n"
                              "    - match: {headers: {x-team: red}}\n");
        QCOMPARE(outline.providers.size(), 2);
        QCOMPARE(outline.providers[0].type, "openai");
        QCOMPARE(outline.providers[1].type, "groq");
        QCOMPARE(outline.routes.size(), 2);
        QVERIFY(!outline.routes[0].hasConditions);
        QCOMPARE(outline.routes[0].targets[0].weight, 3);
        QVERIFY(outline.routes[1].hasConditions);
        QVERIFY(readConfigOutline("a: [").providers.empty());
    }
};

QTEST_GUILESS_MAIN(ConfigEditsTest)
#include "tst_config_edits.moc"
