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
        row("fetch is as translator", {"z"}, "", Fetch, "p/routed p/spare p/z");
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
