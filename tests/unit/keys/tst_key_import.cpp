// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_import.h"

#include <QByteArrayList>
#include <QTest>

using namespace lunargate;

class KeyImportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsTheKeysOfKnownServices()
    {
        const Environment environment({{"OPENAI_API_KEY", "sk-1"},
                                       {"GEMINI_API_KEY", "g-1"},
                                       {"GROQ_API_KEY", " "},
                                       {"AZURE_OPENAI_API_KEY", "az-1"}, // whose address nobody knows
                                       {"PATH", "/bin"}});
        QByteArrayList found;
        for (const KeyInEnvironment &key : keysInEnvironment(environment))
            found.append(key.variable + ' ' + key.name + ' ' + key.origin);
        QCOMPARE(found, (QByteArrayList{"OPENAI_API_KEY openai https://api.openai.com",
                                        "GEMINI_API_KEY gemini https://generativelanguage.googleapis.com"}));
        const KeychainEntry entry = entryOf(keysInEnvironment(environment).front(), environment);
        QCOMPARE(entry.secret.reveal(), "sk-1");
        QCOMPARE(entry.origin, "https://api.openai.com");
    }
};

QTEST_GUILESS_MAIN(KeyImportTest)
#include "tst_key_import.moc"
