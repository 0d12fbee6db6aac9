// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/model_family.h"

#include <QTest>

namespace lunargate {

class ModelFamilyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void knowsWhatModelsNeed_data();
    void knowsWhatModelsNeed();
    void writesPaths_data();
    void writesPaths();
};

void ModelFamilyTest::knowsWhatModelsNeed_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("thinking");
    QTest::addColumn<bool>("needsSignatures");
    QTest::addColumn<bool>("hasSystemInstruction");
    const auto row = [](const char *model, const char *thinking, bool needsSignatures, bool hasSystem = true) {
        QTest::newRow(model) << QByteArray(model) << QByteArray(thinking) << needsSignatures << hasSystem;
    };
    row("gemini-1.5-pro", "none", false);
    row("gemini-2.0-flash", "none", false);
    row("gemini-2.5-flash", "budget", false);
    row("gemini-2.5-pro", "budget", false);
    row("gemini-2.5-flash-image", "none", false);
    row("gemini-2.5-pro-preview-tts", "none", false);
    row("gemini-3-pro-preview", "level", true);
    row("gemini-3-pro-image-preview", "none", true);
    row("models/gemini-3-flash-preview", "level", true);
    row("gemini-flash-latest", "level", true);
    row("gemini-9-pro", "level", true);
    row("gemma-3-4b-it", "none", false, false);
    row("models/gemma-3n-e4b-it", "none", false, false);
    row("tunedModels/my-gemini-3", "none", false);
    row("", "none", false);
}

void ModelFamilyTest::knowsWhatModelsNeed()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, thinking);
    QFETCH(const bool, needsSignatures);
    QFETCH(const bool, hasSystemInstruction);
    using Thinking = gemini::ModelFamily::Thinking;
    const gemini::ModelFamily &family = gemini::familyOf(model);
    QCOMPARE(family.thinking, thinking == "none"    ? Thinking::None
                              : thinking == "level" ? Thinking::Level
                                                    : Thinking::Budget);
    QCOMPARE(family.needsSignatures, needsSignatures);
    QCOMPARE(family.hasSystemInstruction, hasSystemInstruction);
}

void ModelFamilyTest::writesPaths_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("plain") << QByteArray("gemini-2.5-pro") << QByteArray("models/gemini-2.5-pro");
    QTest::newRow("with its collection") << QByteArray("models/gemini-2.5-pro") << QByteArray("models/gemini-2.5-pro");
    QTest::newRow("tuned") << QByteArray("tunedModels/mine-1") << QByteArray("tunedModels/mine-1");
    QTest::newRow("odd characters") << QByteArray("a b?k=1#c%/é") << QByteArray("models/a%20b%3Fk%3D1%23c%25%2F%C3%A9");
    QTest::newRow("a way out") << QByteArray("models/../../x") << QByteArray("models/..%2F..%2Fx");
}

void ModelFamilyTest::writesPaths()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, expected);
    QCOMPARE(gemini::modelPath(model), expected);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ModelFamilyTest)
#include "tst_model_family.moc"
