// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_id.h"
#include "tests/unit/routing/routing_fixture.h"

#include <QTest>

using namespace lunargate;

class TestModelId : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void splitsAtTheFirstSlash_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isCanonical");
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        const auto row = [](const char *name, const char *text, const char *provider, const char *model) {
            QTest::newRow(name) << QByteArray(text) << (provider != nullptr) << QByteArray(provider)
                                << QByteArray(model);
        };
        row("one slash", "openai/gpt-4o", "openai", "gpt-4o");
        row("two slashes", "openrouter/meta-llama/llama-3", "openrouter", "meta-llama/llama-3");
        row("blanks around", "  openai / gpt-4o\t", "openai", "gpt-4o");
        row("no slash", "gpt-4o", nullptr, nullptr);
        row("slash first", "/gpt-4o", nullptr, nullptr);
        row("slash last", "openai/", nullptr, nullptr);
        row("blank first half", "  /gpt-4o", nullptr, nullptr);
        row("blank second half", "openai/  ", nullptr, nullptr);
        row("only a slash", "/", nullptr, nullptr);
        row("empty", "", nullptr, nullptr);
    }

    void splitsAtTheFirstSlash()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, isCanonical);
        const std::optional<ModelId> id = splitModelId(text);
        QCOMPARE(id.has_value(), isCanonical);
        if (isCanonical) {
            QTEST(id->provider, "provider");
            QTEST(id->model, "model");
        }
    }

    void takesOnlyConfiguredProvidersForProviders_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::newRow("configured") << QByteArray("openai/gpt-4o") << QByteArray("openai") << QByteArray("gpt-4o");
        QTest::newRow("not configured") << QByteArray("meta-llama/llama-3") << QByteArray()
                                        << QByteArray("meta-llama/llama-3");
        QTest::newRow("configured, more slashes") << QByteArray("openrouter/meta-llama/llama-3")
                                                  << QByteArray("openrouter") << QByteArray("meta-llama/llama-3");
        QTest::newRow("other case is another id")
            << QByteArray("OpenAI/gpt-4o") << QByteArray() << QByteArray("OpenAI/gpt-4o");
        QTest::newRow("plain") << QByteArray(" gpt-4o ") << QByteArray() << QByteArray("gpt-4o");
        QTest::newRow("empty") << QByteArray() << QByteArray() << QByteArray();
    }

    void takesOnlyConfiguredProvidersForProviders()
    {
        QFETCH(QByteArray, text);
        const ModelId id = readModelId(text, test::someProviders());
        QTEST(id.provider, "provider");
        QTEST(id.model, "model");
    }

    void writesWhatItRead()
    {
        QCOMPARE(ModelId("openrouter", "meta-llama/llama-3").toBytes(), "openrouter/meta-llama/llama-3");
        QCOMPARE(ModelId({}, "gpt-4o").toBytes(), "gpt-4o");
    }
};

QTEST_APPLESS_MAIN(TestModelId)
#include "tst_model_id.moc"
