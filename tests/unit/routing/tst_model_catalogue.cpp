// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_catalogue.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

using namespace lunargate;

class TestModelCatalogue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void listsTheModelsOfAProvider_data()
    {
        QTest::addColumn<QByteArrayList>("known");
        QTest::addColumn<QByteArray>("defaultModel");
        QTest::addColumn<ModelsMode>("mode");
        QTest::addColumn<QByteArray>("ids");
        const auto row = [](const char *scenario, const QByteArrayList &known, const char *defaultModel,
                            ModelsMode mode, const char *ids) {
            QTest::newRow(scenario) << known << QByteArray(defaultModel) << mode << QByteArray(ids);
        };
        using enum ModelsMode;
        row("known ones", {"gpt-4o", "gpt-4"}, "", Translator, "p/gpt-4 p/gpt-4o p/routed p/spare");
        row("the default among them", {"gpt-4o", "gpt-4"}, "gpt-4", Translator, "p/gpt-4 p/gpt-4o p/routed p/spare");
        row("only a default", {}, "deepseek-chat", Translator, "p/deepseek-chat p/routed p/spare");
        row("nothing is known", {}, "", Translator, "p/routed p/spare");
        row("fetch without a list is as translator", {"z"}, "", Fetch, "p/routed p/spare p/z");
        row("static", {"gpt-4o"}, "", Static, "p/a/b p/c");
        row("static with default", {"gpt-4o"}, "d", Static, "p/a/b p/c p/d");
    }

    void listsTheModelsOfAProvider()
    {
        QFETCH(QByteArrayList, known);
        QFETCH(QByteArray, defaultModel);
        QFETCH(ModelsMode, mode);
        QFETCH(QByteArray, ids);
        Config config;
        config.providers = {test::provider("p", "openai", defaultModel)};
        for (const QByteArray &id : known)
            config.providers[0].knownModels.push_back({.id = id});
        config.providers[0].models.mode = mode;
        config.providers[0].models.staticModels = {"c", "a/b", "c"};
        config.routing.routes = {test::route("r", {test::target("p", "routed"), test::target("p")},
                                             {test::target("p", "spare"), test::target("q", "not p's")})};
        const ModelCatalogue catalogue(config, 1'700'000'000);
        QCOMPARE(idsOf(catalogue), ids + " lunargate/auto");
    }

    void listsWhatTheProviderTold_data()
    {
        QTest::addColumn<ModelsMode>("mode");
        QTest::addColumn<QByteArray>("ids");
        using enum ModelsMode;
        // The provider knows better than we do what it has; what the user wrote down stays.
        QTest::newRow("fetch") << Fetch << QByteArray("p/a/b p/d p/new p/routed lunargate/auto");
        QTest::newRow("static") << Static << QByteArray("p/d p/s lunargate/auto");
    }

    void listsWhatTheProviderTold()
    {
        QFETCH(ModelsMode, mode);
        QFETCH(QByteArray, ids);
        Config config;
        config.providers = {test::provider("p", "openai", "d")};
        config.providers[0].models.mode = mode;
        config.providers[0].models.staticModels = {"s"};
        config.routing.routes = {test::route("r", {test::target("p", "routed")})};
        const ModelCatalogue catalogue(config, 1, told({{.id = "new"}, {.id = "a/b"}, {.id = "new"}}));
        QCOMPARE(idsOf(catalogue), ids);
    }

    void tellsWhatTheProviderToldAboutAModel()
    {
        Config config;
        config.providers = {test::provider("p", "openai", "d")};
        config.providers[0].models.mode = ModelsMode::Fetch;
        const ModelCatalogue catalogue(
            config, 1'700'000'000,
            told({{.id = "d", .created = 7, .contextLength = 8192}, {.id = "zero", .created = 0}, {.id = "silent"}}));
        const ModelEntry known = {.id = "p/d", .ownedBy = "p", .created = 7, .contextLength = 8192};
        QCOMPARE(catalogue.models()[0], known);
        QCOMPARE(catalogue.find("zero")->created, qint64{1'700'000'000});
        QCOMPARE(catalogue.find("p/silent")->created, qint64{1'700'000'000});
        QVERIFY(!catalogue.find("p/silent")->contextLength);
        QVERIFY(!catalogue.find("lunargate/auto")->contextLength);
    }

    void aliasesHaveTheContextOfTheirModel()
    {
        Config config;
        config.providers = {test::provider("p", "openai", "d")};
        config.providers[0].models.mode = ModelsMode::Fetch;
        config.routing.modelAliases = {{"fast", "p/d"}, {"faster", "e"}, {"other", "p/unknown"}};
        const ModelCatalogue catalogue(config, 1,
                                       told({{.id = "d", .contextLength = 8192}, {.id = "e", .contextLength = 4096}}));
        QCOMPARE(catalogue.find("fast")->contextLength, qint64{8192});
        QCOMPARE(catalogue.find("faster")->contextLength, qint64{4096});
        QVERIFY(!catalogue.find("other")->contextLength);
    }

    void addsWhatThePresetKnows()
    {
        Config config;
        config.providers = {test::provider("p", "openai", "d")};
        config.providers[0].models.mode = ModelsMode::Fetch;
        config.providers[0].knownModels = {{.id = "d", .contextLength = 4096}, {.id = "e", .contextLength = 4096}};
        const ModelCatalogue catalogue(config, 1, told({{.id = "d"}, {.id = "e", .contextLength = 8192}}));
        QCOMPARE(catalogue.find("p/d")->contextLength, qint64{4096});
        QCOMPARE(catalogue.find("p/e")->contextLength, qint64{8192}); // the provider knows better
    }

    void sortsModelsThenAliasesThenAuto()
    {
        const ModelCatalogue catalogue(twoProviders(), 1'700'000'000);
        QCOMPARE(idsOf(catalogue), "groq/a groq/meta-llama/llama-3 openrouter/a openrouter/z big fast lunargate/auto");
        for (const ModelEntry &entry : catalogue.models())
            QCOMPARE(entry.created, qint64{1'700'000'000});
        QCOMPARE(catalogue.models()[0].ownedBy, "groq");
        QCOMPARE(catalogue.models()[4].ownedBy, "lunargate");
        QCOMPARE(catalogue.models()[6].ownedBy, "lunargate");
    }

    void findsModels_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("id");
        const auto row = [](const char *scenario, const char *name, const char *id) {
            QTest::newRow(scenario) << QByteArray(name) << QByteArray(id);
        };
        row("canonical", "openrouter/a", "openrouter/a");
        row("several slashes", "groq/meta-llama/llama-3", "groq/meta-llama/llama-3");
        row("plain and unique", "z", "openrouter/z");
        row("plain with slash and unique", "meta-llama/llama-3", "groq/meta-llama/llama-3");
        row("plain of two providers", "a", "");
        row("alias", "fast", "fast");
        row("auto", "lunargate/auto", "lunargate/auto");
        row("auto in capitals", "LunarGate/Auto", "lunargate/auto");
        row("unknown", "groq/none", "");
        row("empty", "", "");
    }

    void findsModels()
    {
        QFETCH(QByteArray, name);
        const ModelCatalogue catalogue(twoProviders(), 0);
        const ModelEntry *entry = catalogue.find(name);
        QTEST(entry ? entry->id : QByteArray(), "id");
    }

private:
    static Config twoProviders()
    {
        Config config;
        config.providers = {test::provider("openrouter", "openai"), test::provider("groq", "openai")};
        for (ProviderConfig &provider : config.providers)
            provider.models.mode = ModelsMode::Static;
        config.providers[0].models.staticModels = {"z", "a"};
        config.providers[1].models.staticModels = {"meta-llama/llama-3", "a"};
        config.routing.modelAliases = {{"fast", "groq/a"}, {"big", "openrouter/z"}};
        return config;
    }

    static ProviderModelLists told(std::vector<ProviderModel> models)
    {
        return {{"p", std::make_shared<const std::vector<ProviderModel>>(std::move(models))}};
    }

    static QByteArray idsOf(const ModelCatalogue &catalogue)
    {
        QByteArrayList ids;
        for (const ModelEntry &entry : catalogue.models())
            ids << entry.id;
        return ids.join(' ');
    }
};

QTEST_APPLESS_MAIN(TestModelCatalogue)
#include "tst_model_catalogue.moc"
